#!/bin/sh
# Stages HiGHS for cgo: headers that lanl/highs compiles against, and a
# stand-in for pkg-config that names the library. Run from the repository's
# top; the Makefile does. Nothing outside build/highs is written.
#
#   HIGHS=bundled (default)  the static library that the gohighs module carries
#   HIGHS=system             the system's HiGHS, found with pkg-config
set -eu

out=$PWD/build/highs
mode=${HIGHS:-bundled}
stamp="$mode $out $(cksum <"$0")"
if [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
	lib=$("$out/pkg-config" --libs | sed -n "s/^'\([^']*\)'.*/\1/p")
	case $lib in
	*.a) [ -f "$lib" ] && exit 0 ;; # gone when the module cache was cleaned
	*) exit 0 ;;
	esac
fi

wanted="Go $(sed -n 's/^go //p' go.mod) or later is needed"
command -v go >/dev/null || { echo "stage: there is no go on the PATH, and $wanted: https://go.dev/dl/" >&2; exit 1; }

case $mode in
bundled)
	dir=$(go mod download -json github.com/bartolsthoorn/gohighs | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
	[ -n "$dir" ] || { echo "stage: go cannot fetch the module gohighs, which carries HiGHS ($wanted, this is $(go env GOVERSION))" >&2; exit 1; }
	platform=$(go env GOOS)_$(go env GOARCH)
	lib=$dir/internal/highs/lib/$platform/libhighs.a
	[ -f "$lib" ] || { echo "stage: no bundled HiGHS for $platform; install HiGHS and run make HIGHS=system" >&2; exit 1; }
	api=$dir/internal/highs/include/highs_c_api.h
	inc=$dir/internal/highs/include
	case $platform in
	darwin*) libs="'$lib' -lc++ -lz" ;;
	*)
		# archives where there are any: programs then need the C library alone
		cxx=$(${CC:-cc} -print-file-name=libstdc++.a)
		z=$(${CC:-cc} -print-file-name=libz.a)
		if [ -f "$cxx" ]; then cxx="'$cxx' -static-libgcc"; else cxx=-lstdc++; fi
		if [ -f "$z" ]; then z="'$z'"; else z=-lz; fi
		libs="'$lib' $cxx $z -lm -ldl -lpthread"
		;;
	esac
	;;
system)
	command -v pkg-config >/dev/null || { echo "stage: HIGHS=system needs pkg-config" >&2; exit 1; }
	pkg-config --exists highs || { echo "stage: HIGHS=system: pkg-config knows no highs; install it, or set PKG_CONFIG_PATH" >&2; exit 1; }
	libs="$(pkg-config --libs highs) -lstdc++ -lm"
	api=
	# Debian 13's highs.pc names folders of the machine that built the package
	for d in $(pkg-config --cflags-only-I highs | sed 's/-I//g') "$(pkg-config --variable=includedir highs)" /usr/local/include /usr/include; do
		for sub in . highs; do
			if [ -z "$api" ] && [ -f "$d/$sub/interfaces/highs_c_api.h" ]; then
				api=$d/$sub/interfaces/highs_c_api.h
				inc=$d/$sub
			fi
		done
	done
	[ -n "$api" ] || { echo "stage: HIGHS=system: no interfaces/highs_c_api.h beside the system's HiGHS" >&2; exit 1; }
	;;
*)
	echo "stage: HIGHS=$mode is neither bundled nor system" >&2
	exit 1
	;;
esac

rm -rf "$out"
mkdir -p "$out/include/interfaces" "$out/include/capi" "$out/include/util" "$out/include/lp_data"
hconfig=$inc/HConfig.h
[ -f "$hconfig" ] || hconfig=$(dirname "$inc")/HConfig.h
cp "$hconfig" "$out/include/HConfig.h"
cp "$inc/util/HighsInt.h" "$out/include/util/"
cp "$inc/lp_data/HighsCallbackStruct.h" "$out/include/lp_data/"
# lanl/highs takes the constants as externs, so the one file of it that
# includes this header must define them; everybody else needs them static. HiGHS
# 1.10 has texts that are not static.
texts='s/^const char.*=/static &/'
sed -e 's/^static const HighsInt/const HighsInt/' -e "$texts" "$api" >"$out/include/interfaces/highs_c_api.h"
sed -e 's/^const HighsInt/static const HighsInt/' -e "$texts" "$api" >"$out/include/capi/highs_c_api.h"
chmod -R u+w "$out"

cat >"$out/pkg-config" <<END
#!/bin/sh
# stand-in for pkg-config that knows one package, highs; it quotes names of files
for a in "\$@"; do
	case \$a in
	--cflags) printf '%s\n' "-I'$out/include'" ;;
	--libs) printf '%s\n' "$libs" ;;
	esac
done
END
chmod +x "$out/pkg-config"
printf '%s' "$stamp" >"$out/stamp"
