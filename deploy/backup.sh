#!/bin/bash
# One backup of all databases, encrypted for AGE_RECIPIENT, older ones removed. Its time becomes a figure with an alert.
#
#   15 2 * * *  AGE_RECIPIENT=age1... BACKUP_DAYS=14 /srv/talentloop/deploy/backup.sh
set -euo pipefail
cd "$(dirname "$0")/.."
: "${AGE_RECIPIENT:?the public key that backups are encrypted for: age-keygen, on another machine}"
umask 077
mkdir -p backups figures
folder=$(mktemp --directory backups/plain.XXXXXX)
trap 'rm -rf "$folder" backups/*.part' EXIT

docker compose run --rm -T --user "$(id -u):$(id -g)" --volume "$PWD/$folder:/backups" talentloop backup /backups
name=backups/$(date --utc +%Y-%m-%dT%H-%M-%SZ).tar.age
tar --create --directory "$folder" . | age --recipient "$AGE_RECIPIENT" >"$name.part"
mv "$name.part" "$name"
find backups -name '*.tar.age' -mtime "+${BACKUP_DAYS:-14}" -delete

printf 'talentloop_backup_seconds %s\n' "$(date +%s)" >figures/backup.part
chmod 0644 figures/backup.part
mv figures/backup.part figures/backup.prom
