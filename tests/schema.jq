# SPDX-License-Identifier: GPL-2.0-or-later
# schema.jq: what in an object is not as the schema says; nothing when all is.
#
# --argjson schema: from schema.awk; --arg object: which kind each line is

def members($o):
	($schema[$o] | with_entries(select(.key | startswith("member:")) | .key |= .[7:]))
	+ (if $schema[$o].parent != "" then members($schema[$o].parent) else {} end);

# errors(kind): paths and reasons; input: the value
def errors($kind; $path):
	. as $value
	| if $kind | contains("|") then
		($kind | split("|") | map(. as $t | [$value | errors($t; $path)])) as $all
		| if any($all[]; length == 0) then empty else "\($path): \(tojson) is not \($kind)" end
	elif $kind | startswith("[") then
		if type != "array" then "\($path): no array"
		else to_entries[] | .key as $k | .value | errors($kind[1:-1]; "\($path)[\($k)]") end
	elif $schema[$kind].is then errors($schema[$kind].is; $path)
	elif $schema[$kind] then
		if type != "object" then "\($path): no object"
		else . as $v | members($kind) as $m
			| ($v | keys_unsorted[] | select($m[.] | not) | "\($path).\(.): unknown"),
			  ($m | to_entries[] | .key as $k
				| if $v | has($k) then $v[$k] | errors($m[$k].type; "\($path).\($k)")
				  elif .value.optional then empty
				  else "\($path).\($k): missing" end)
		end
	else
		(if $kind == "string" then type == "string"
		elif $kind == "boolean" then type == "boolean"
		elif $kind == "null" then type == "null"
		elif $kind == "integer" then type == "number" and . == floor and . >= 0
		elif $kind == "hex" then type == "string" and test("^([0-9a-f]{2})*$")
		elif $kind == "0xHEX" then type == "string" and test("^0x[0-9a-f]{1,8}$")
		elif $kind == "time" then type == "string"
			and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$")
		else (if type == "string" then . else tojson end) == $kind end)
		| if . then empty else "\($path): not \($kind)" end
	end;

errors($object; $object)
