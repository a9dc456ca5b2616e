# SPDX-License-Identifier: GPL-2.0-or-later
# schema.awk: the schema in the manual's section JSON -> JSON for schema.py.
/^\.Ss JSON/ { inside = 1 }
/^\.Ed/ { inside = 0 }
!inside { next }
/^\.Bd/ { listing = 1; next }
!listing { next }
# Words that go on in the next line.
held != "" { sub(/^ +/, ""); $0 = held $0; held = "" }
/\|$/ { held = $0; next }
/^[A-Z]/ {
	object = $1
	sub(/,$/, "", object)
	parent = match($0, /beside all of /) ? substr($0, RSTART + RLENGTH) : ""
	printf "%s\n\"%s\": {\"parent\": \"%s\"", n++ ? "}," : "{", object, parent
}
# A meaning goes on.
/^                    / { next }
/^ +=/ { printf ", \"is\": \"%s\"", $2; next }
/^ / {
	name = $1
	optional = sub(/\?$/, "", name)
	printf ", \"member:%s\": {\"type\": \"%s\", \"optional\": %s}", name, $2, optional ? "true" : "false"
}
END { print "}}" }
