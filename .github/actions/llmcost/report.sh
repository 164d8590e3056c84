#!/usr/bin/env bash
# Checks scenarios, compares them with the base of a pull request, comments and summarises.
#   FILES      scenario files, one path or pattern a line
#   BASE       revision to compare with; empty or `none`: compare nothing
#   FAIL_ON    conditions that fail, one a line
#   ARGUMENTS  more arguments of llmcost, one a line
#   COMMENT, SUMMARY  `true` or not
#   TAG        keeps comments apart
#   NUMBER     the pull request; empty: there is none
# and what GitHub sets: GITHUB_REPOSITORY, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP, GH_TOKEN.
# Ends with 0, 1 where something is not met, 2 where an input is bad.
set -euo pipefail
shopt -s globstar

fail() {
  printf '::error title=llmcost::%s\n' "$1"
  exit 2
}

# One entry per line that is not blank.
lines() {
  local line
  while IFS= read -r line; do
    [[ -z "${line//[[:space:]]/}" ]] || printf '%s\n' "$line"
  done <<<"$1"
}

files=()
while IFS= read -r pattern; do
  before=${#files[@]}
  # A pattern may match several files; a path with blanks is one.
  while IFS= read -r file; do
    [[ -f "$file" ]] && files+=("$file")
  done < <(compgen -G "$pattern")
  [[ ${#files[@]} -gt $before ]] || fail "no scenario matches \`$pattern\`"
done < <(lines "${FILES-}")
[[ ${#files[@]} -gt 0 ]] || fail "\`files\` names no scenario"

more=()
while IFS= read -r argument; do more+=("$argument"); done < <(lines "${ARGUMENTS-}")
conditions=()
while IFS= read -r condition; do conditions+=(--fail-on "$condition"); done < <(lines "${FAIL_ON-}")

base=${BASE-}
[[ "$base" == none ]] && base=
if [[ -n "$base" ]] && ! git cat-file -e "$base^{commit}" 2>/dev/null; then
  git fetch --quiet --no-tags --depth=1 origin "$base"
fi

work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/llmcost.XXXXXX")
status=0

# Takes note of how a command ended; one that could not read its input ends everything.
run() {
  local ended=0
  "$@" || ended=$?
  case $ended in
    0 | 1) [[ $ended -le $status ]] || status=$ended ;;
    *) exit "$ended" ;;
  esac
}

# The gate. What it prints annotates the lines that state a budget.
run llmcost check "${files[@]}" ${more[@]+"${more[@]}"} --format github

# One report per file: a comparison where the base has the file, else the file alone.
reports=()
for index in "${!files[@]}"; do
  file=${files[$index]}
  report="$work/$index.json"
  if [[ -n "$base" ]] && git cat-file -e "$base:./$file" 2>/dev/null; then
    run llmcost compare --base-ref "$base" "$file" ${more[@]+"${more[@]}"} ${conditions[@]+"${conditions[@]}"} \
      -o "json=$report"
  else
    run llmcost simulate "$file" ${more[@]+"${more[@]}"} -o "json=$report"
  fi
  reports+=("$report")
done

comment="$work/comment.md"
llmcost render "${reports[@]}" --comment-tag "${TAG-}" -o "github=$comment"
llmcost render "${reports[@]}" -o "json=$work/report.json"
{
  echo "report=$work/report.json"
  echo "comment=$comment"
  echo "status=$status"
} >>"${GITHUB_OUTPUT:-/dev/null}"

if [[ "${SUMMARY-}" == true && -n "${GITHUB_STEP_SUMMARY-}" ]]; then
  llmcost render "${reports[@]}" --format markdown --limit summary >>"$GITHUB_STEP_SUMMARY"
fi

# The comment of an earlier run is replaced. From a fork the token may only read: that fails nothing.
if [[ "${COMMENT-}" == true && -n "${NUMBER-}" ]]; then
  MARKER=$(head -n 1 "$comment")
  export MARKER
  comments="repos/$GITHUB_REPOSITORY/issues"
  post() {
    local id
    id=$(gh api --paginate "$comments/$NUMBER/comments" \
      --jq '.[] | select(.body | startswith(env.MARKER)) | .id') || return
    id=${id%%$'\n'*}
    if [[ -n "$id" ]]; then
      gh api --method PATCH "$comments/comments/$id" -F "body=@$comment" --silent
    else
      gh api --method POST "$comments/$NUMBER/comments" -F "body=@$comment" --silent
    fi
  }
  post || echo "::notice title=llmcost::the comment could not be posted; the summary of the job has the report"
fi

exit "$status"
