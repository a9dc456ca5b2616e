# SPDX-License-Identifier: GPL-2.0-or-later
# Test targets; included by the top GNUmakefile.
