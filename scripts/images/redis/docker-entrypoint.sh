#!/bin/bash
# Starts redis-server the way the official image does.
set -euo pipefail

# `docker run IMAGE --appendonly yes` and `docker run IMAGE /etc/redis.conf` both mean redis-server.
if [[ ${1:-} == -* || ${1:-} == *.conf ]]; then
  set -- redis-server "$@"
fi

if [[ ${1:-} == redis-server && $EUID -eq 0 ]]; then
  find . ! -user redis -exec chown redis '{}' +
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi

# The official binary is compiled with protected mode off; Debian's is not, and then refuses every other container.
# Whoever mentions the setting, in an argument or in the configuration file, keeps what they said.
if [[ ${1:-} == redis-server && " $* " != *" --protected-mode "* ]] &&
  ! { [[ -f ${2:-} ]] && grep -qiE '^[[:space:]]*protected-mode[[:space:]]' "$2"; }; then
  set -- "$@" --protected-mode no
fi

# Dumps and append-only files hold data: only their owner reads them.
[[ $(umask) != 0022 ]] || umask 0077
exec "$@"
