# SPDX-License-Identifier: GPL-2.0-or-later
# What an event passes through is compiled as one for ./nftrace: calls from file to file
# are some 7 % of its instructions.  Included by GNUmakefile.

FAST_ROOMS    := base capture drop grounds journey packet place printer protocol \
                 reader report
# Who builds the tests' programs does not wait for it: they have their own, of the same code.
LTO           ?= $(if $(filter check% script-programs demo% soak fuzz% unit-programs, \
                 $(MAKECMDGOALS)),no,yes)
# The program's objects: those compiled as one, and the others.
PROGRAM_O     := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/*.c src/*/*.c))
LTO_FLAG      :=
LTO_LDFLAGS   :=

# Asked once a build folder: a compiler's objects may be none that its linker knows.
ifeq ($(LTO)$(SANITIZE),yes)
blank         :=
LTO_TAKES     := $(BUILD)/takes-lto-$(subst /,_,$(subst $(blank) ,_,$(CC))).mk
ifneq ($(MAKECMDGOALS),clean)
-include $(LTO_TAKES)
endif

$(LTO_TAKES): src/fast.mk
	@mkdir -p $(@D)
	@echo 'int main(void) { return 0; }' >$@.c; \
	  if $(CC) -O2 -flto=auto -o $@.out $@.c >/dev/null 2>&1; \
	  then echo "LTO_FLAG := -flto=auto"; fi >$@.new; mv $@.new $@; rm -f $@.c $@.out
endif

ifneq ($(LTO_FLAG),)
FAST_O        := $(patsubst %.c,$(BUILD)/fast/%.o,$(wildcard $(FAST_ROOMS:%=src/%/*.c)))
PROGRAM_O     := $(FAST_O) $(filter-out $(FAST_O:$(BUILD)/fast/%=$(BUILD)/%),$(PROGRAM_O))
LTO_LDFLAGS   := $(CFLAGS) $(LTO_FLAG)

$(BUILD)/fast/%.o: %.c src/harden.mk src/fast.mk | need
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO_FLAG) -MMD -MP -c -o $@ $<

-include $(FAST_O:.o=.d)
endif

# Built the other way it is linked anew.
$(BUILD)/linked-$(LTO):
	@mkdir -p $(@D) && rm -f $(BUILD)/linked-* && touch $@
