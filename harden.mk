# SPDX-License-Identifier: GPL-2.0-or-later
# How the program is made hard to break; included by GNUmakefile.

# A library's variable is read where the library has it: a copy in the program has
# the size of the library of the build (xtables_chain_protos has grown since).
PIC := -fPIC -fno-semantic-interposition
