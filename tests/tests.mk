# SPDX-License-Identifier: GPL-2.0-or-later
# Test targets; included by the top GNUmakefile.

.DEFAULT_GOAL := all
MAKEFLAGS     += --no-builtin-rules

# What `make demo` needs beyond the build; `make check` takes TEST_PACKAGES.
DEMO_PACKAGES  = $(PACKAGES) iptables iproute2 ipset ethtool procps util-linux

T             := $(BUILD)/tests
WITH_POINTS        := $(BUILD)/testpoints
TEST_RULES    := $(wildcard rules/*/*.c)
TEST_SRC      := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c))
# Under valgrind the reader needs a wider filter: its own copy knows no other.
WIDE          := $(BUILD)/wide
WIDE_O        := $(patsubst %.c,$(WIDE)/%.o,$(filter %/sandbox.c,$(TEST_SRC)))
TEST_UNITS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c))
TEST_TOOLS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tools/*.c))
# Of them, what the demo and the bench use: these build with PACKAGES alone.
DEMO_TOOLS    := $(addprefix $(T)/tools/,dns enter prepare talk)
BENCH_TOOLS   := $(addprefix $(T)/tools/,enter flood prepare talk)
TEST_PRELOAD  := $(patsubst %.c,$(BUILD)/%.so,$(wildcard tests/preload/*.c tests/bash/*.c))
TEST_FUZZ     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
TEST_REPLAY   := $(addprefix $(T)/fuzz/,$(TEST_FUZZ))
TEST_SRC_O    := $(patsubst %.c,$(BUILD)/%.o,$(TEST_SRC))
TEST_PARTS    := $(BUILD)/libsrc.a $(BUILD)/librules.a
# Test points are in few files: those are compiled once more, the others are the program's.
POINTED       := $(shell grep -lE 'testpoint\.h|TEST_POINTS' $(TEST_RULES) $(TEST_SRC))
POINTED_O     := $(patsubst %.c,$(WITH_POINTS)/%.o,$(POINTED))
UNPOINTED_O   := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(POINTED),$(TEST_RULES) $(TEST_SRC) src/main.c))
# The macro is a convention: no compiler defines it by itself.
FUZZ_CFLAGS    = $(CPPFLAGS) -std=gnu11 -g -O1 -DSANITIZE=1 \
                 -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION \
                 -fsanitize=address,undefined -fno-sanitize-recover=all \
                 -fsanitize-coverage-ignorelist=tests/fuzz/unguided.txt
# An input's weight by how rare what it reaches is, and the names of new functions, take more time
# than to run it.
FUZZ_FLAGS     = -entropic=0 -print_funcs=0 -print_final_stats=1 -timeout=20
# Not SECONDS: a shell may have put its own into the environment.
ifeq ($(origin SECONDS),command line)
FUZZ_SECONDS  := $(SECONDS)
endif
FUZZ_SECONDS  ?= 60
# Those that write what they read get ten minutes at each length that is kept of packets;
# the others share ten.
SOAK_fuzz_log    := 600
SOAK_fuzz_record := 600
SNAPLENS_fuzz_log    := 64 128
SNAPLENS_fuzz_record := 64 128
SOAK_OTHERS   := $(foreach f,$(TEST_FUZZ),$(if $(SOAK_$f),,$f))
SOAK_SECONDS   = $(shell echo $$((600 / $(words $(SOAK_OTHERS)) + 1)))
fuzz_seconds   = $(or $(if $(SOAK),$(SOAK_$1)),$(FUZZ_SECONDS))
# A test is compiled for one run of its own: it is not worth an optimizer.
TEST_FAST     := -U_FORTIFY_SOURCE -O0
TESTS         ?=

.PHONY: deps script-programs check-programs check-run demo-run bench-run check demo soak fuzz
deps:
	@tests/deps $(TEST_PACKAGES)
	@tests/unpack $(BUILD)/unpacked $(UNPACK_PACKAGES)

# Builds with all CPUs, unless make was told otherwise.
ALL_CPUS       = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# pkg-config was asked before deps ran: hence the second make.
check: deps
	@$(MAKE) --no-print-directory $(ALL_CPUS) check-run

# With TESTS those alone.
soak: deps
	@SOAK=1 $(MAKE) --no-print-directory $(ALL_CPUS) check-run
	$(if $(TESTS),,@SOAK=1 $(MAKE) --no-print-directory fuzz SECONDS=$(SOAK_SECONDS))

# Every file by a cross compiler, and the unit tests on that processor (qemu-user).
ARCH          ?= arm64
.PHONY: check-arch unit-programs
check-arch:
	@TESTS="$(TESTS)" tests/arch $(ARCH) $(filter %-dev,$(PACKAGES)) libcmocka-dev libjansson-dev libbpf-dev iptables

unit-programs: $(BUILD)/nftrace $(filter %_test,$(TEST_UNITS)) $(TEST_REPLAY)

# On other Debians and kernels; what is fetched and built for them stays in CACHE.
TARGET        ?= trixie sid deb
matrix:
	@TESTS="$(TESTS)" tests/matrix/run $(TARGET)

demo:
	@tests/deps $(DEMO_PACKAGES)
	@$(MAKE) --no-print-directory $(ALL_CPUS) demo-run

# What t-*.sh take, but for those that are about unit tests and fuzz targets.
script-programs: nftrace $(BUILD)/nftrace $(WITH_POINTS)/nftrace $(WIDE)/nftrace $(TEST_TOOLS) \
		$(TEST_PRELOAD) $(filter-out %_test,$(TEST_UNITS))

check-programs: script-programs $(TEST_UNITS) $(TEST_REPLAY) $(T)/bench/meter

check-run: check-programs
	@BUILD=$(BUILD) SANITIZE=$(SANITIZE) tests/run $(TESTS)

.PHONY: demo-programs
demo-programs: $(BUILD)/nftrace $(DEMO_TOOLS)

demo-run: demo-programs
	@BUILD=$(BUILD) tests/demo.sh

# The tests' own copy: ./nftrace may be of another kind (SANITIZE=1).
$(BUILD)/nftrace: $(BUILD)/src/main.o $(TEST_PARTS)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(WIDE)/nftrace: $(WIDE_O) $(BUILD)/src/main.o $(filter-out %/sandbox.o,$(TEST_SRC_O)) \
		$(BUILD)/librules.a
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(WIDE)/%.o: %.c src/harden.mk | need
	$(info $()  CC      $< (for valgrind))
	$(Q)$(CC) $(CPPFLAGS) -DWIDE_FILTER $(CFLAGS) -MMD -MP -c -o $@ $<

$(WITH_POINTS)/nftrace: $(POINTED_O) $(UNPOINTED_O)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(WITH_POINTS)/%.o: %.c src/harden.mk | need
	$(info $()  CC      $< (test points))
	$(Q)$(CC) $(CPPFLAGS) -DTEST_POINTS $(CFLAGS) -MMD -MP -c -o $@ $<

# An archive, so that a unit test may include the .c whose statics it tests:
# the linker then has no use for that member.
$(BUILD)/libsrc.a: $(TEST_SRC_O)
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(T)/unit/%: tests/unit/%.c $(TEST_PARTS) | need
	$(info $()  TEST    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_FAST) -MMD -MP -MF $@.d -MT $@ $(LDFLAGS) -o $@ $< $(TEST_PARTS) \
	  $(LIBS) -lcmocka -ljansson

# libiptc is the judge there, and nowhere else in the house.
$(T)/unit/iptc_tool: LIBS += -lip4tc -lip6tc

# It makes types of kernels that there are not.
$(T)/unit/drop_fields_test: LIBS += -lbpf

$(T)/tools/%: tests/tools/%.c | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -MT $@ $(LDFLAGS) -o $@ $< \
	  $(TOOL_LIBS)

# Their own start is most of what they do.
$(T)/tools/enter $(T)/tools/prepare: $(T)/tools/%: tests/tools/%.c | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) -O2 -std=gnu11 $(WARN) -static -o $@ $<

$(addprefix $(T)/tools/,connections forge nfq reaper record state): TOOL_LIBS = -lmnl
$(T)/tools/confined: TOOL_LIBS = -lseccomp
$(T)/tools/klog $(T)/tools/truth: TOOL_LIBS = -ljansson

# Without sanitizers: their runtime has to come first in a process.
$(TEST_PRELOAD): $(BUILD)/%.so: %.c tests/tools/anew.h | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) -O2 -std=gnu11 $(WARN) -shared -fPIC -o $@ $<

# A fuzz target with a main that replays files: for the corpora in the tree.
$(T)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(TEST_PARTS) $(wildcard tests/fuzz/*.h) | need
	$(info $()  REPLAY  $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_FAST) $(LDFLAGS) -o $@ \
	  $(filter %.c,$^) $(TEST_PARTS) $(LIBS) -ljansson

fuzz:
	@tests/deps $(FUZZ_PACKAGES)
	@for f in $(TEST_FUZZ); do \
	  $(MAKE) --no-print-directory fuzz-$$f || exit 1; done

# A room as one file, as the program is compiled: starting a compiler 500 times takes minutes.
FUZZ_O        := $(ROOMS:%=$(BUILD)/fuzz/%.o)

$(FUZZ_O): $(BUILD)/fuzz/%.o: $(FAST)/%.c | need
	@mkdir -p $(@D)
	$(info $()  CLANG   $*/*.c)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

# What libFuzzer finds beside the committed seeds stays in the build folder; what
# it says goes into a file, of which the end is shown when there is a finding.
fuzz-%: $(FUZZ_O) | need
	@mkdir -p $(BUILD)/fuzz/$*.corpus
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $(BUILD)/fuzz/$* tests/fuzz/$*.c \
	  $(FUZZ_O) $(LIBS) -ljansson
	$(Q)for snaplen in $(or $(if $(SOAK),$(SNAPLENS_$*)),each); do \
	  log=$(BUILD)/fuzz/$*.$$snaplen.log; at=; \
	  [ $$snaplen = each ] || { export FUZZ_SNAPLEN=$$snaplen; at=" at snaplen $$snaplen"; }; \
	  $(BUILD)/fuzz/$* -max_total_time=$(call fuzz_seconds,$*) $(FUZZ_FLAGS) \
	    -artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/$*.corpus \
	    $(wildcard tests/fuzz/corpus/$(*:fuzz_%=%)) >$$log 2>&1 || \
	    { tail -n 80 $$log; echo "  FUZZ    $*: a finding"; exit 1; }; \
	  awk -v name=$* -v time=$(call fuzz_seconds,$*) -v at="$$at" \
	    '/^stat::number_of_executed/ { \
	    printf "  FUZZ    %s: %d executions in %d s%s, %d a second, no finding\n", \
	      name, $$2, time, at, $$2 / (time + !time) }' $$log; \
	done

.SECONDARY: $(FUZZ_O)
-include $(FUZZ_O:.o=.d)

bench-run: $(BUILD)/nftrace $(BENCH_TOOLS) $(T)/bench/floor $(T)/bench/meter \
		$(T)/bench/drop_cost $(T)/bench/again.so \
		$(WIDE)/nftrace $(FAST)/wide/nftrace $(BUILD)/soft/nftrace \
		$(BUILD)/before/nftrace
	@BUILD=$(BUILD) tests/bench/run $(BENCH)

# As it is installed, but for the filter that valgrind needs: it is in that room.
$(FAST)/wide/base.o: $(FAST)/src/base.c src/harden.mk | need
	$(info $()  CC      src/base/*.c (for valgrind))
	$(Q)$(CC) $(CPPFLAGS) -DWIDE_FILTER $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(FAST)/wide/base.d

$(FAST)/wide/nftrace: $(FAST)/wide/base.o $(filter-out %/src/base.o,$(PROGRAM_O)) \
		$(BUILD)/linked-$(LTO)
	@echo "  LD      $@"
	$(Q)$(CC) $(LTO_LDFLAGS) $(LDFLAGS) -o $@ $(filter-out %/linked-$(LTO),$^) $(LIBS)

# What hardening costs is told by a build without.
.PHONY: $(BUILD)/soft/nftrace
$(BUILD)/soft/nftrace:
	@$(MAKE) --no-print-directory HARDEN=no BUILD=$(BUILD)/soft $@ \
	  $(BUILD)/soft/wide/nftrace $(BUILD)/soft/fast/wide/nftrace

# The instructions for an event are told beside those of this commit, where git has it.
BEFORE        := 002b39c
.PHONY: $(BUILD)/before/nftrace
$(BUILD)/before/nftrace:
	@git rev-parse -q --verify $(BEFORE)^{commit} >/dev/null 2>&1 || exit 0; \
	  echo "  BEFORE  $(BEFORE)"; mkdir -p $(@D)/tree && \
	  git archive $(BEFORE) | tar -x -C $(@D)/tree && \
	  $(MAKE) --no-print-directory -C $(@D)/tree BUILD=build CPPFLAGS=-DSANITIZE \
	    nftrace >/dev/null && cp $(@D)/tree/nftrace $@

$(T)/bench/%.so: tests/bench/%.c | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) -O2 -std=gnu11 $(WARN) -shared -fPIC -o $@ $<

# It has the program itself loaded.
$(T)/bench/drop_cost: tests/bench/drop_cost.c $(TEST_PARTS) | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(TEST_PARTS) $(LIBS)

$(T)/bench/%: tests/bench/%.c | need
	$(info $()  TOOL    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

-include $(TEST_UNITS:=.d) $(TEST_TOOLS:=.d) $(POINTED_O:.o=.d) $(WIDE_O:.o=.d)
