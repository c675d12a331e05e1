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

# The card's host: what nginx proves itself with, and a certificate of its own.
write card_proxy_secret "$(openssl rand -hex 32)"
write card_proxy_header "proxy_set_header X-Mire-Proxy-Secret \"$(cat card_proxy_secret)\";"
if [ ! -e card_tls_key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=cps.mire.localhost \
    -addext subjectAltName=DNS:cps.mire.localhost -keyout card_tls_key -out card_tls_certificate 2>/dev/null
fi

# The host of client software (MTLS_ORIGIN): likewise. Its authorities are those of applications with tls_client_auth.
write mtls_proxy_secret "$(openssl rand -hex 32)"
write mtls_proxy_header "proxy_set_header X-Mire-Proxy-Secret \"$(cat mtls_proxy_secret)\";"
if [ ! -e mtls_tls_key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=api.mire.localhost \
    -addext subjectAltName=DNS:api.mire.localhost -keyout mtls_tls_key -out mtls_tls_certificate 2>/dev/null
fi
if [ ! -e client_authorities ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=Applications \
    -addext basicConstraints=critical,CA:TRUE -keyout client_authority_key -out client_authorities 2>/dev/null
fi

# Authorities of test cards, to try the road. Real cards: the roots of IGC-Santé in card_anchors, its AC ... PERSONNES in
# card_intermediates, both in card_authorities.
if [ ! -e card_authorities ]; then
  subject='/C=FR/O=MIRE/OU=IGC-SANTE TEST/CN=TEST AC'
  authority='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'
  curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  # shellcheck disable=SC2086 # several words
  openssl req -x509 $curve -days 3650 -subj "$subject RACINE MIRE FORT" -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout card_root_key -out card_anchors 2>/dev/null
  # shellcheck disable=SC2086
  openssl req $curve -subj "$subject MIRE FORT PERSONNES" -keyout card_persons_key 2>/dev/null |
    openssl x509 -req -CA card_anchors -CAkey card_root_key -days 3650 -set_serial "0x$(openssl rand -hex 16)" \
      -extfile <(printf '%b\n' "$authority") -out card_intermediates 2>/dev/null
  cat card_anchors card_intermediates >card_authorities
fi

# Compose mounts each file as it is, and the processes inside run under other numbers than its owner. The folder itself
# stays closed to everybody else on this machine.
chmod 444 ./*
