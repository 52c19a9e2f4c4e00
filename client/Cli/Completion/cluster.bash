# Completion of ./cluster in bash. For this shell: source <(./cluster completion bash); for all: put that line, with the
# script's full path, into ~/.bashrc.
_darkroom_cluster() {
    local found
    COMPREPLY=()
    # Nothing found: bash offers files.
    while IFS= read -r found; do COMPREPLY+=("$found"); done < <("${1/#\~/$HOME}" suggest "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o default -F _darkroom_cluster cluster
