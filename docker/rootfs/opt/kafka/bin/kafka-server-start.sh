#!/usr/bin/env bash
# kafka-server-start.sh [-daemon] FILE [--override NAME=VALUE]…, in Kafka's words.
set -euo pipefail
if [[ ${1:-} == -daemon ]]; then
  shift
  setsid "$0" "$@" >/dev/null 2>&1 </dev/null &
  exit 0
fi
if (($# == 0)) || [[ $1 == -* ]]; then
  echo "usage: $(basename "$0") [-daemon] server.properties [--override name=value]…" >&2
  exit 1
fi
arguments=(--config "$1")
shift
while (($#)); do
  case $1 in
    --override) arguments+=(--set "${2:?--override needs name=value}"); shift 2 ;;
    *) echo "$(basename "$0"): $1 is not known; settings are given as --override name=value" >&2; exit 1 ;;
  esac
done
exec entrypoint start "${arguments[@]}"
