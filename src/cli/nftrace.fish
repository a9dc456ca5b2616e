# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for nftrace: the program itself knows what can follow.

function __nftrace_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l found ($before[1] --complete=$typed $before[2..-1] 2>/dev/null)

    switch "$found[1]"
        case @command
            set -l at (contains -i -- -- $before)
            set -l rest (string escape -- $before[(math $at + 1)..-1]) $typed
            complete -C (string join ' ' -- $rest)
        case @user
            __fish_complete_users
        case @file
            __fish_complete_path $typed
        case '*'
            printf '%s\n' $found
    end
end

complete -c nftrace -f -a '(__nftrace_complete)'
