# Completion of ./cluster in fish. For this shell: ./cluster completion fish | source; for all: write it to
# ~/.config/fish/completions/cluster.fish.
function __darkroom_cluster
    set -l words (commandline -opc)
    $words[1] suggest (string join ' ' -- $words (commandline -ct)) 2>/dev/null
end
complete -c cluster -a '(__darkroom_cluster)'
