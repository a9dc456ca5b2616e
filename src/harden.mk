# SPDX-License-Identifier: GPL-2.0-or-later
# How the program is made hard to break; included by GNUmakefile.  HARDEN=no goes
# without, and so do builds with sanitizers.  Flags of the user's come behind these.

# A library's variable is read where the library has it: a copy in the program has
# the size of the library of the build (xtables_chain_protos has grown since).
PIC            := -fPIC -fno-semantic-interposition

HARDEN         ?= yes
HARDEN_CFLAGS  :=
HARDEN_LDFLAGS :=
ifeq ($(HARDEN)$(SANITIZE),yes)

# What the compiler takes, by its name: it is asked once a build folder.  No
# landing pads for indirect jumps (-fcf-protection=full): an instruction a function
# is 1.8 % of an event's, and Linux does not use them outside the kernel.
empty          :=
HARDEN_TAKES   := $(BUILD)/takes-$(subst /,_,$(subst $(empty) ,_,$(CC))).mk
HARDEN_ASK     := -fstack-protector-strong -fstack-clash-protection \
                  -fcf-protection=return -mbranch-protection=standard
HARDEN_PROBE   := $(CC) -Werror -O2 -x c -c -o /dev/null
HARDEN_FORTIFY := 2
ifneq ($(MAKECMDGOALS),clean)
-include $(HARDEN_TAKES)
endif

$(HARDEN_TAKES): src/harden.mk
	@mkdir -p $(@D)
	@echo >$@.c && ! $(HARDEN_PROBE) $@.c 2>/dev/null || { \
	  for f in $(HARDEN_ASK); do \
	    ! $(HARDEN_PROBE) $$f $@.c 2>/dev/null || echo "HARDEN_CFLAGS += $$f"; \
	  done; \
	  ! $(HARDEN_PROBE) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -include stdio.h \
	    $@.c 2>/dev/null || echo "HARDEN_FORTIFY := 3"; } >$@.new && \
	  mv $@.new $@; rm -f $@.c $@.new

# glibc warns of it without optimization, and of a second definition.
ifeq ($(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS)),)
ifneq ($(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS)))),)
HARDEN_CFLAGS  += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(HARDEN_FORTIFY)
endif
endif

HARDEN_LDFLAGS += -Wl,-z,relro -Wl,-z,now $(if $(filter -static -no-pie, \
                  $(CC) $(CFLAGS) $(LDFLAGS)),,-pie)
endif
