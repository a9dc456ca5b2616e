# SPDX-License-Identifier: GPL-2.0-or-later
# How ./nftrace is compiled: a room as one file, which takes half the time of its files one by
# one, and the rooms that an event passes through once more as one, as calls from file to file
# are some 7 % of its instructions.  Included by GNUmakefile.

FAST_ROOMS    := base capture drop grounds journey packet place printer protocol \
                 reader report
# Who builds the tests' programs does not wait for it: they have their own, of the same code.
LTO           ?= $(if $(filter check% script-programs demo% soak fuzz% unit-programs, \
                 $(MAKECMDGOALS)),no,yes)
FAST          := $(BUILD)/fast
ROOMS         := $(patsubst %/README.rst,%,$(wildcard src/*/README.rst rules/*/README.rst))
# The program's objects.
PROGRAM_O     := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/*.c src/*/*.c)) $(BUILD)/librules.a
LTO_FLAG      :=
LTO_LDFLAGS   :=

ifeq ($(LTO)$(SANITIZE),yes)

# Asked once a build folder: a compiler's objects may be none that its linker knows.  Calls of
# libraries go by the table of their addresses, not by a jump of their own in between.
FAST_ASK      := -flto=auto -fno-plt
blank         :=
LTO_TAKES     := $(BUILD)/takes-lto-$(subst /,_,$(subst $(blank) ,_,$(CC))).mk
ifneq ($(MAKECMDGOALS),clean)
-include $(LTO_TAKES)
endif

$(LTO_TAKES): src/fast.mk
	@mkdir -p $(@D)
	@echo 'int main(void) { return 0; }' >$@.c; \
	  if $(CC) -O2 $(FAST_ASK) -o $@.out $@.c >/dev/null 2>&1; \
	  then echo "LTO_FLAG := $(FAST_ASK)"; fi >$@.new; mv $@.new $@; rm -f $@.c $@.out

ROOM_O        := $(ROOMS:%=$(FAST)/%.o)
PROGRAM_O     := $(BUILD)/src/main.o $(ROOM_O)
LTO_LDFLAGS   := $(CFLAGS) $(LTO_FLAG)

$(FAST_ROOMS:%=$(FAST)/src/%.o) $(FAST)/wide/base.o: override CFLAGS += $(LTO_FLAG)

$(ROOM_O): $(FAST)/%.o: $(FAST)/%.c src/harden.mk src/fast.mk | need
	$(info $()  CC      $*/*.c)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(ROOM_O:.o=.d)
endif

# A file more or less changes the room.  <netinet/in.h> comes before what the kernel's headers
# say of the same.
$(ROOMS:%=$(FAST)/%.c): $(FAST)/%.c: % src/fast.mk | need
	@printf '#include %s\n' '<netinet/in.h>' $(patsubst %,'"%"',$(sort $(wildcard $*/*.c))) >$@

# Whether each room can be compiled as one file: two of its files may have no static of one name.
.PHONY: rooms
rooms: $(ROOMS:%=$(FAST)/%.c)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fsyntax-only $^

# Built the other way it is linked anew.
$(BUILD)/linked-$(LTO):
	@mkdir -p $(@D) && rm -f $(BUILD)/linked-* && touch $@
