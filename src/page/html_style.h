/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_style: how the page of --report looks, on a telephone and on a desk, by day and by night. */
#ifndef NFTRACE_HTML_STYLE_H
#define NFTRACE_HTML_STYLE_H

/* The summary is known last and stands first: hence the orders. */
#define HTML_STYLE \
":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#626b76;--line:#d9dee4;--box:#f5f7f9;" \
"--red:#b42318;--green:#17692f;--yellow:#7c5300;--magenta:#8a2a8a;--cyan:#0b6472;--blue:#1f4fa8}\n" \
"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e4e8ec;--dim:#98a3ae;--line:#343b43;" \
"--box:#1c2126;--red:#ff8a7d;--green:#74d68d;--yellow:#e6bd5c;--magenta:#e39be3;--cyan:#6fcfdd;--blue:#8fb6ff}}\n" \
"*{box-sizing:border-box}\n" \
"body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n" \
"main{display:flex;flex-direction:column;max-width:1360px;margin:0 auto;padding:16px}\n" \
"#summary{order:1}#packets{order:2}#rules{order:3}#run{order:4}\n" \
"h1{font-size:1.4em;margin:0 0 12px}h2{font-size:1.1em;margin:28px 0 8px}p{margin:8px 0}\n" \
"pre,.m{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;" \
"overflow-wrap:anywhere}\n" \
".d,.s2{color:var(--dim)}\n" \
"ul{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0;padding:0}\n" \
"li{border:1px solid var(--line);border-radius:8px;padding:4px 12px;background:var(--box)}\n" \
"li b{font-size:1.2em}\n" \
"details{border:1px solid var(--line);border-left:4px solid var(--c,var(--dim));border-radius:6px;" \
"margin:6px 0;background:var(--box)}\n" \
"summary{padding:6px 10px 6px 0;margin-left:26px;list-style-position:outside;cursor:pointer;" \
"white-space:pre-wrap}.w{color:var(--dim)}\n" \
".f{font-weight:600;color:var(--c)}\n" \
".bad{--c:var(--red)}.good{--c:var(--green)}.lost{--c:var(--magenta)}.user{--c:var(--yellow)}" \
".none{--c:var(--cyan)}\n" \
"details details{margin:6px 10px 10px;border-left-width:1px;background:var(--bg)}\n" \
"details details summary{color:var(--dim);font-size:13px}details details{--c:var(--line)}\n" \
"pre{margin:0;padding:8px 10px 8px 26px;border-top:1px solid var(--line);white-space:pre-wrap}\n" \
".o{white-space:nowrap}.l{display:block;padding-left:4ch;text-indent:-4ch}\n" \
".s1{font-weight:600}.s31{color:var(--red)}.s32{color:var(--green)}.s33{color:var(--yellow)}" \
".s34{color:var(--blue)}.s35{color:var(--magenta)}.s36{color:var(--cyan)}\n" \
"table{border-collapse:collapse;width:100%}\n" \
"th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--line)}\n" \
".n{font-size:13px}th{font-weight:600;color:var(--dim);font-size:14px}.n{text-align:right;width:1%;white-space:nowrap}\n" \
"dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}\n" \
"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n" \
"@media(max-width:640px){main{padding:10px}dl{display:block}dd{margin-bottom:8px}" \
"pre,.m,.n{font-size:12px}th{font-size:12px;padding-right:6px}}\n" \
"@media print{details,li{break-inside:avoid}}\n"

#endif
