#!/usr/bin/env bash
# What an engine makes of an image and a container, in a mount namespace that is ours already and goes with the process:
# the image's files with a layer of the container's own, volumes, /proc, /dev, the hosts that are known here.
# enter-image.sh ROOT OWN USER DIRECTORY MEMORY rw|ro [VOLUME…] -- COMMAND…
#   ROOT       the image's files, which stay as they are
#   OWN        where the layer and the volumes are kept, from one start to the next
#   USER       UID:GID
#   DIRECTORY  to begin in
#   MEMORY     bytes that it may have, as control groups say it; max for no limit
#   VOLUME     a directory of the container, which is another file system there
set -euo pipefail
root=$1 own=$2 user=$3 directory=$4 memory=$5 access=$6
shift 6
merged=$own/merged
mkdir -p "$own"/{layer,work,merged,volumes}
mount -t overlay overlay -o "lowerdir=$root,upperdir=$own/layer,workdir=$own/work" "$merged"
mkdir -p "$merged"/{proc,dev,tmp,sys/fs/cgroup}
touch "$merged/etc/hosts"
echo "$memory" >"$merged/sys/fs/cgroup/memory.max"
mounts=()
while [[ $1 != -- ]]; do
  volume=$own/volumes/${1//\//_}
  mkdir -p "$merged$1"
  # A new volume has the owner of what it stands over.
  if [[ ! -e $volume ]]; then
    mkdir "$volume"
    chown --reference="$merged$1" "$volume"
    chmod --reference="$merged$1" "$volume"
  fi
  mounts+=("$volume" "$merged$1")
  shift
done
shift
if [[ $access == ro ]]; then mount -o remount,ro "$merged"; fi
mount -t proc proc "$merged/proc"
mount --rbind /dev "$merged/dev"
mount --bind /etc/hosts "$merged/etc/hosts"
for ((i = 0; i < ${#mounts[@]}; i += 2)); do mount --bind "${mounts[i]}" "${mounts[i + 1]}"; done
exec chroot --userspec="$user" --groups="${user#*:}" "$merged" sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
