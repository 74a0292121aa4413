#!/bin/sh
# Makes what the cluster of compose.yaml keeps secret, beside this file: an authority, a certificate for each node,
# two users with random passwords. Needs openssl and docker (CONTAINER=podman works too).
# Run it once; what is there is never overwritten.
set -eu
cd "$(dirname "$0")"
container=${CONTAINER:-docker}
image=${OPENSEARCH_IMAGE:-docker.io/opensearchproject/opensearch:3.8.0}
days=${DAYS:-1095}
# the user of the official image
owner=1000

if [ -e secrets ] || [ -e .env ]; then
  echo "deploy/cluster/secrets or .env is there already; remove both to begin anew (nodes and Gongkai then need new files)" >&2
  exit 1
fi
command -v openssl >/dev/null || { echo "openssl is missing: apt-get install openssl" >&2; exit 1; }
command -v "$container" >/dev/null || { echo "$container is missing; CONTAINER=podman takes another" >&2; exit 1; }

umask 077
work=$(mktemp -d ./secrets.XXXXXX)
trap 'rm -rf "$work"' EXIT

hash_of() {
  # the password goes through the environment, not through the list of processes
  PASSWORD=$1 "$container" run --rm -e PASSWORD --entrypoint bash "$image" \
    plugins/opensearch-security/tools/hash.sh -env PASSWORD | tail -n 1 | tr -d '\r'
}

certificate() {
  # certificate FOLDER NAME EXTENSIONS: node.pem and node.key
  mkdir -p "$1"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/O=gongkai/CN=$2" -keyout "$1/node.key" -out "$1/node.csr" 2>/dev/null
  printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=digitalSignature,keyEncipherment" \
    "extendedKeyUsage=serverAuth,clientAuth" ${3:+"$3"} >"$1/extensions"
  openssl x509 -req -in "$1/node.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -sha256 -days "$days" \
    -extfile "$1/extensions" -out "$1/node.pem" 2>/dev/null
  rm "$1/node.csr" "$1/extensions"
  cp "$work/ca.pem" "$1/ca.pem"
}

openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 3650 -subj "/O=gongkai/CN=authority" \
  -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
for node in n1 n2 n3; do
  certificate "$work/$node" "$node" "subjectAltName=DNS:$node,DNS:localhost,IP:127.0.0.1"
done
certificate "$work/admin" admin ""

gongkai_password=$(openssl rand -hex 24)
admin_password=$(openssl rand -hex 24)
gongkai_hash=$(hash_of "$gongkai_password")
admin_hash=$(hash_of "$admin_password")
case $gongkai_hash$admin_hash in
  '$2'*'$2'*) ;;
  *) echo "$image did not hash a password; see whether '$container run $image' works" >&2; exit 1 ;;
esac
cat >"$work/internal_users.yml" <<USERS
_meta:
  type: internalusers
  config_version: 2
gongkai:
  hash: "$gongkai_hash"
admin:
  hash: "$admin_hash"
  reserved: true
USERS
chmod 0644 "$work/ca.pem"
chmod 0755 "$work"
mkdir -p snapshots
if [ "$(id -u)" = 0 ]; then
  chown -R "$owner:$owner" "$work/n1" "$work/n2" "$work/n3" "$work/internal_users.yml" snapshots
elif [ "$(id -u)" != "$owner" ]; then
  echo "the nodes run as user $owner and you are $(id -u): run this as root, or let $owner read secrets/ and write snapshots/" >&2
fi
mv "$work" secrets
printf 'SEARCH_PASSWORD=%s\nADMIN_PASSWORD=%s\n' "$gongkai_password" "$admin_password" >.env
echo "made: secrets/ (keep ca.key and admin/ elsewhere), .env (the passwords)"
