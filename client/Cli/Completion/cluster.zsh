#compdef cluster
# Completion of ./cluster in zsh. For this shell: source <(./cluster completion zsh); for all: put that line, with the
# script's full path, into ~/.zshrc, below compinit.
_darkroom_cluster() {
    local -a found
    found=("${(@f)$("${words[1]/#\~/$HOME}" suggest "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
    if [[ -n ${found[1]} ]]; then compadd -a found; else _files; fi
}
compdef _darkroom_cluster cluster
