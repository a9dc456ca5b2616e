-- SPDX-License-Identifier: GPL-2.0-or-later
-- nftrace.lua: for Wireshark and tshark: the journeys in a recording, as fields for filters.
--
-- A packet's comments are all that it looks at: the record (src/record/record.h) that
-- begins with MAGIC, and the block for people, whose TRACE lines are its events.

local MAGIC = "nftrace/1"

local comments = Field.new("frame.comment")
local proto = Proto("nftrace", "nftrace")

-- A packet that was copied has those of its fate several times, its own first.
local rows = {
	{ "packet", "Packet", "uint64" },
	{ "host", "Host" },
	{ "netns", "Network namespace" },
	{ "fate", "Fate" },
	{ "reason", "Reason" },
	{ "out", "Out" },
	{ "hook", "Last hook" },
	{ "backend", "Decided by, backend" },
	{ "family", "Decided by, family of the table" },
	{ "table", "Decided by, table" },
	{ "chain", "Decided by, chain" },
	{ "kind", "Decided by, kind" },
	{ "number", "Decided by, number", "uint32" },
	{ "handle", "Decided by, handle", "uint64" },
	{ "rule", "Decided by, rule" },
	{ "accepted_by", "Accepted by" },
	{ "via", "Via" },
	{ "owner", "Owner" },
	{ "object", "Owner's object" },
	{ "drop_reason", "Kernel's reason" },
	{ "drop_location", "Kernel's function" },
	{ "near", "Nearly met" },
	{ "near_failed", "Nearly met, but for" },
	{ "never_reached", "Never reached" },
	{ "conntrack", "Connection" },
	{ "changed", "Changed" },
	{ "event", "Event" },
	{ "after_nat", "After address translation", "bool" },
	{ "late", "Lost after all", "bool" },
}
local field = {}
for _, row in ipairs(rows) do
	local name, title, kind = row[1], row[2], row[3] or "string"
	field[name] = ProtoField[kind]("nftrace." .. name, title)
end
proto.fields = field

-- What is no text at all stays escaped.
local function unescape(word)
	return (word:gsub("%%(%x%x)", function(hex)
		local byte = tonumber(hex, 16)
		if byte >= 0x20 and byte ~= 0x7f then
			return string.char(byte)
		end
	end))
end

-- The parts of a word between commas.
local function parts_of(word)
	local parts = {}
	for part in (word .. ","):gmatch("([^,]*),") do
		parts[#parts + 1] = part
	end
	return parts
end

-- "filter:FORWARD:rule:1", "nft inet fw:in:rule:handle 10": a chain's name may hold colons.
local function read_place(prefix)
	local family, rest = prefix:match("^nft (%S+) (.*)$")
	local at = { backend = family and "nft" or "legacy", family = family, prefix = prefix }
	local tail
	at.table, tail = (rest or prefix):match("^([^:]+):(.*)$")
	if not at.table then
		return at
	end
	for _, form in ipairs({ "^(.*):(%a+):handle (%d+)$", "^(.*):(%a+):(%d+)$", "^(.*):(%a+)$" }) do
		at.chain, at.kind, at.id = tail:match(form)
		if at.chain then
			at[form:find("handle", 1, true) and "handle" or "number"] = at.id
			return at
		end
	end
	return at
end

local function read_line(line)
	local prefix, rule = line:match('^(.-)  "(.*)"')
	local at = read_place(prefix or line)
	at.rule = rule
	return at
end

-- The events, in their order; the block's number.
local function read_block(block)
	local events = {}
	for line in (block .. "\n"):gmatch("([^\n]*)\n") do
		local text = line:match("^TRACE: (.*)$")
		if text then
			events[#events + 1] = read_line(text)
		end
	end
	return events, block:match("^#(%d+)")
end

-- What its line does not tell: handle or position.  An older version's has handles alone.
local function add_number(at, parts)
	for i = 2, #parts do
		local letter, value = parts[i]:match("^([hn])(%d+)$")
		if letter then
			at[letter == "h" and "handle" or "number"] = value
		end
	end
	if at.backend == "nft" and not at.handle then
		at.handle, at.number = at.number, nil
	end
end

local tree_of_packet, events

local function add(name, value)
	if value and value ~= "" then
		tree_of_packet:add(field[name], value)
	end
end

-- Nothing of what has no room in its field: Wireshark would cut it off.
local function add_integer(name, text)
	if not text or #text > 18 then
		return
	end
	if name ~= "number" then
		tree_of_packet:add(field[name], UInt64(text))
	elseif tonumber(text) < 2 ^ 32 then
		tree_of_packet:add(field[name], tonumber(text))
	end
end

local function words_of(at)
	return at and (at.rule or at.prefix)
end

local function event_at(value)
	local i = tonumber(value)
	return i and events[i + 1]
end

local function add_by(at)
	if not at then
		return
	end
	for _, name in ipairs({ "backend", "family", "table", "chain", "kind", "rule" }) do
		add(name, at[name])
	end
	add_integer("number", at.number)
	add_integer("handle", at.handle)
end

-- By the first letter of a part.
local fate_parts = {
	b = function(v) add_by(event_at(v)) end,
	a = function(v) add("accepted_by", words_of(event_at(v))) end,
	v = function(v) add("via", words_of(event_at(v))) end,
	k = function(v) add("drop_reason", unescape(v)) end,
	l = function(v) add("drop_location", unescape(v)) end,
}

-- By the first part of a word.
local words = {
	f = function(parts)
		add("fate", parts[2])
		add("hook", parts[3])
		local out
		local goes_out = parts[2] == "FORWARDED" or parts[2] == "SENT"
		for i = 4, #parts do
			local letter, value = parts[i]:sub(1, 1), parts[i]:sub(2)
			if fate_parts[letter] then
				fate_parts[letter](value)
			end
			out = letter == "o" and value or out
			goes_out = goes_out or (letter == "k" and parts[2] == "LOST")
		end
		-- Of others it is where routing would have sent them.
		if out and goes_out then
			add("out", unescape(out))
		end
	end,
	r = function(parts) add("reason", unescape(parts[2] or "")) end,
	o = function(parts)
		add("owner", unescape(parts[2] or ""))
		if parts[3] and parts[3]:sub(1, 1) == "o" then
			add("object", unescape(parts[3]:sub(2)))
		end
	end,
	m = function(parts)
		local rule = unescape(parts[4] or "")
		rule = rule ~= "" and rule or unescape(parts[3] or "")
		if parts[2] == "behind" then
			add("never_reached", rule)
			return
		end
		add("near", rule)
		add("near_failed", unescape(parts[5] or ""))
	end,
	c = function(parts) add("changed", parts[4]) end,
}

-- By what is in front of "=".
local heads = {
	host = function(v) add("host", unescape(v)) end,
	netns = function(v) add("netns", unescape(v)) end,
	ct = function(v) add("conntrack", v:match("^[^,]*")) end,
	late = function() tree_of_packet:add(field.late, true) end,
}

-- The places of events are complete before a fate names one.
local function read_numbers(record)
	local i = 0
	for word in record:gmatch("%S+") do
		local parts = parts_of(word)
		if parts[1] == "e" then
			i = i + 1
			if events[i] then
				add_number(events[i], parts)
			end
		end
	end
end

local function read_record(record)
	for word in record:gmatch("%S+") do
		local key, value = word:match("^(%l+)=(.*)$")
		if key and heads[key] then
			heads[key](value)
		elseif not key then
			local parts = parts_of(word)
			if words[parts[1]] then
				words[parts[1]](parts)
			end
		end
	end
end

-- A long one is parted, and each piece of the record begins with MAGIC.  Since Wireshark 4.4
-- each line of a comment of several lines comes by itself as well.
local function collect()
	local block, line, record = {}, nil, {}
	for _, comment in ipairs({ comments() }) do
		local text = tostring(comment.value)
		local rest = text:match("^nftrace/1 (.*)$")
		if rest then
			record[#record + 1] = rest
		elseif text:find("\n", 1, true) then
			block[#block + 1] = text
		elseif text ~= MAGIC then
			line = line or text
		end
	end
	return block[1] and table.concat(block, "\n") or line or "", record[1] and table.concat(record, " ")
end

function proto.dissector(_, _, tree)
	local block, record = collect()
	if not record then
		return
	end
	local number
	events, number = read_block(block)
	tree_of_packet = tree:add(proto)
	add_integer("packet", number)
	if record == "after" then
		tree_of_packet:add(field.after_nat, true)
		return
	end
	read_numbers(record)
	read_record(record)
	for _, at in ipairs(events) do
		add("event", at.prefix .. (at.rule and '  "' .. at.rule .. '"' or ""))
	end
end

register_postdissector(proto)
