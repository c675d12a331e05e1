#!/usr/bin/env bash
# Makes the secrets of compose.yaml once, in deploy/secrets/; what is there already is kept.
set -euo pipefail
umask 077
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
mkdir -p "$folder"
cd "$folder"

write() { # write <name> <value>
  [ -e "$1" ] || printf '%s\n' "$2" >"$1"
}
key() { openssl rand -base64 32; }

write cookie_keys "$(key)"
write data_keys "1:$(key)"
write index_key "$(key)"
write pairwise_key "$(key)"
write dpop_key "$(key)"
write postgres_password "$(openssl rand -hex 24)"
write database_url "postgres://mire:$(cat postgres_password)@postgres:5432/mire"

if [ ! -e tls_key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=mire.localhost \
    -addext subjectAltName=DNS:mire.localhost -keyout tls_key -out tls_certificate 2>/dev/null
fi

# Compose mounts each file as it is, and the processes inside run under other numbers than its owner. The folder itself
# stays closed to everybody else on this machine.
chmod 444 ./*
