# Hosts on this machine, for .ci/cluster/test.sh: each has a network namespace
# with a link to a bridge, process and mount namespaces, a home of its own in
# memory, and an sshd with its own key. All is gone after hosts_remove.
#
#   hosts_possible WHY    whether there can be any; else it sets the variable WHY
#   hosts_make N          makes hosts 1 to N, which ssh calls h1 to hN
#   host_start I [SIZE]   starts host I; SIZE limits its disk, the home
#   host_kill I           ends all its processes and cuts its link
#   hosts_remove          removes everything
#
# $work is a folder for their files. Host I finds its programs in $work/hI/bin.

tag=rc$$
net=10.213.$(($$ % 250)).

hosts_possible() {
	local missing=
	if [ "$(uname)" != Linux ]; then
		missing="it needs Linux"
	elif [ "$(id -u)" != 0 ]; then
		missing="it needs root"
	elif ! sh .ci/need ip=iproute2 sshd=openssh-server ssh=openssh-client rsync parallel jq unshare=util-linux >/dev/null 2>&1; then
		missing="it needs iproute2, openssh-server, rsync, parallel and jq"
	elif ! { ip netns add "$tag" && ip netns exec "$tag" unshare --pid --mount --fork true && ip link add "$tag" type bridge; } 2>/dev/null; then
		missing="network namespaces are not permitted"
	fi
	ip link del "$tag" 2>/dev/null || true
	ip netns del "$tag" 2>/dev/null || true
	printf -v "$1" %s "$missing"
	[ -z "$missing" ]
}

hosts_make() {
	hosts=$1
	ssh-keygen -q -t ed25519 -N '' -f "$work/key"
	sed 's/^root:[^:]*:/root:*:/' /etc/shadow >"$work/shadow" # not locked, and without a password
	ip link add "$tag" type bridge
	ip addr add "${net}254/24" dev "$tag"
	ip link set "$tag" up
	local i
	cat >"$work/ssh_config" <<-END
		Host *
		  User root
		  IdentityFile $work/key
		  IdentitiesOnly yes
		  UserKnownHostsFile $work/known_hosts
		  BatchMode yes
		  LogLevel ERROR
		  ConnectTimeout 1
		  ServerAliveInterval 1
		  ServerAliveCountMax 2
	END
	for i in $(seq "$hosts"); do
		mkdir -p "$work/h$i/bin"
		ssh-keygen -q -t ed25519 -N '' -f "$work/h$i/key"
		cat >"$work/h$i/sshd_config" <<-END
			ListenAddress $net$i
			HostKey $work/h$i/key
			PidFile none
			AuthorizedKeysFile $work/key.pub
			PermitRootLogin prohibit-password
			PasswordAuthentication no
			UsePAM no
			StrictModes no
			MaxStartups 100
			SetEnv PATH=$work/h$i/bin:/usr/bin:/bin
		END
		echo "$net$i $(cut -d' ' -f1,2 "$work/h$i/key.pub")" >>"$work/known_hosts"
		cat >>"$work/ssh_config" <<-END
			Host h$i
			  HostName $net$i
		END
		host_start "$i"
	done
}

host_start() {
	local i=$1 try
	ip netns add "$tag-$i"
	ip link add "$tag-$i" type veth peer name eth0 netns "$tag-$i"
	ip link set "$tag-$i" master "$tag" up
	ip -n "$tag-$i" addr add "$net$i/24" dev eth0
	ip -n "$tag-$i" link set eth0 up
	ip -n "$tag-$i" link set lo up
	ip neigh flush dev "$tag" # a host that comes back has another address there
	# the init of the process namespace is sshd: with it all processes end
	ip netns exec "$tag-$i" unshare --pid --mount --fork --kill-child --mount-proc sh -ec '
		mount -t tmpfs -o size='"${2:-64m}"' home /root
		mount -t tmpfs run /run
		mkdir /run/sshd
		mount --bind '"$work"'/shadow /etc/shadow
		cd /root
		exec /usr/sbin/sshd -D -e -f '"$work/h$i"'/sshd_config' >>"$work/h$i/log" 2>&1 &
	echo $! >"$work/h$i/pid"
	for try in $(seq 50); do
		ssh -F "$work/ssh_config" "h$i" true 2>/dev/null && return
		sleep 0.1
	done
	echo "host $i does not answer:" >&2
	cat "$work/h$i/log" >&2
	return 1
}

host_kill() {
	local i=$1
	ip link set "$tag-$i" down
	pkill -9 -P "$(cat "$work/h$i/pid")" # sshd, and with it the namespace
	wait "$(cat "$work/h$i/pid")" 2>/dev/null || true
	rm "$work/h$i/pid"
	ip link del "$tag-$i"
	ip netns del "$tag-$i"
}

hosts_remove() {
	local i
	for i in $(seq "${hosts:-0}"); do
		[ ! -e "$work/h$i/pid" ] || host_kill "$i" 2>/dev/null || true
	done
	ip link del "$tag" 2>/dev/null || true
}
