#!/bin/bash
# Says whether the server is healthy. Takes the tests and options of the official script that a single server needs:
#   --connect  --innodb_initialized  --innodb_buffer_pool_loaded  --mariadbupgrade  --no-connect
#   --su-mysql  --su=USER  --datadir=DIR  --no-defaults  --defaults-file=F  --defaults-extra-file=F
set -euo pipefail

datadir=/var/lib/mysql connected=unknown
options=()
[[ ! -f $datadir/.my-healthcheck.cnf ]] || options=(--defaults-extra-file="$datadir/.my-healthcheck.cnf")

ask() { mariadb "${options[@]}" --protocol=socket -B --skip-column-names -e "$1" 2>/dev/null; }

# Not asking a server without our user keeps its log free of refusals.
[[ ! -d $datadir/.frappectl-init ]] || { echo "the data directory is being initialised" >&2; exit 1; }

# The server that initialises a data directory has no network: only the final one passes.
connect() { [[ $(ask 'select @@skip_networking') == 0 ]] && connected=yes; }
innodb_initialized() {
  local engines='information_schema.ENGINES'
  [[ $(ask "select 1 from $engines where engine='innodb' and support in ('YES','DEFAULT','ENABLED')") == 1 ]]
}
innodb_buffer_pool_loaded() {
  [[ $(ask "show global status like 'Innodb_buffer_pool_load_status'") == *'load completed'* ]]
}
mariadbupgrade() {
  local file
  for file in "$datadir"/{mariadb,mysql}_upgrade_info; do
    [[ ! -r $file ]] || flock --exclusive --nonblock 9 9<"$file" || return 1
  done
}

as_user() { exec setpriv --reuid="$1" --regid="$1" --init-groups "$0" "${@:2}"; }

[[ $# -gt 0 ]] || { echo "At least one argument required" >&2; exit 1; }
while [[ $# -gt 0 ]]; do
  option=$1
  shift
  case $option in
    --su-mysql) as_user mysql "$@" ;;
    --su=*) as_user "${option#*=}" "$@" ;;
    --su) as_user "$@" ;;
    --datadir=*) datadir=${option#*=} ;;
    --no-defaults | --defaults-file=* | --defaults-extra-file=*) options=("$option") ;;
    --no-connect) connected=yes ;;
    --connect | --innodb_initialized | --innodb_buffer_pool_loaded | --mariadbupgrade)
      "${option#--}" || { echo "healthcheck ${option#--} failed" >&2; exit 1; }
      ;;
    *) echo "healthcheck unknown option or test '$option'" >&2; exit 1 ;;
  esac
done
# Without a test over the final server's connection a success would be suspicious.
[[ $connected == yes ]] || connect
