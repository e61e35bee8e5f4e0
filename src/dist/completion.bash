# SPDX-License-Identifier: MIT
# bash completion for mra-preflight(1). tests/agree.sh holds it against --help.
_mra_preflight() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words
	local first=$COMP_CWORD
	# bash splits at "=" and ":": --era=open is three words, as are -t exp1=FILE and -o html:FILE. first is where it begins.
	if [[ $current == [=:] ]]; then
		current=
		first=$((first + 1))
	fi
	while ((first >= 3)) && [[ ${COMP_WORDS[first - 1]} == [=:] ]]; do
		first=$((first - 2))
		previous=${COMP_WORDS[first - 1]}
		[[ ${COMP_WORDS[first]} == --* ]] && previous=${COMP_WORDS[first]}
	done
	case $previous in
	--era) words="openssl1 openssl3" ;;
	--expressway) words="X14.2 X15.5.1" ;;
	--traffic-server) words="ats8 ats9" ;;
	--order) words="both rsa-first ecdsa-first" ;;
	--tls) words="auto 1.2 1.3" ;;
	--complete) words="all needed" ;;
	--color | --progress) words="auto always never" ;;
	-f | --format) words=$("${COMP_WORDS[0]}" --help 2> /dev/null | sed -n '/^Formats:/,/^$/s/^  \([a-z]*\) .*/\1/p') ;;
	--export)
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return
		;;
	-t | --trust | --client-certificate | --trust-snapshot | --report | --calibration | --from-log | -o | --output | --nodes)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	-p | --ports | --uds-port | --at | -w | --warning | --critical | --dns-server | --search | --resolve | --node | --address | --ip | \
		--cipher-string | --upgrade | --connect-timeout | --handshake-timeout | --deadline | --retries | --parallel | --per-address)
		return
		;;
	*) words= ;;
	esac
	if [[ -z $words ]]; then
		case $command in
		help)
			words="verify replay diff log"
			;;
		version) return ;;
		verify) words="--trust --address --ip --expressway --era --traffic-server --at --format --quiet --verbose --color --help --version" ;;
		replay) words="--trust --order --cipher-string --upgrade --client-certificate --trust-snapshot --expressway --era --traffic-server --calibration --at --warning --critical --strict --deadline --format --output --export --quiet --verbose --color --help --version" ;;
		diff) words="--format --quiet --verbose --color --help --version" ;;
		log) words="--report --format --output --quiet --verbose --color --help --version" ;;
		*) words="--trust --node --nodes --from-log --no-discovery --domain --foreign --ports --uds-port --order --cipher-string --upgrade --tls --client-certificate --expressway-host --trust-snapshot --expressway --era --traffic-server --calibration --at --warning --critical --strict --dns-server --search --resolve --ipv4 --ipv6 --connect-timeout --handshake-timeout --deadline --retries --parallel --per-address --complete --infer --proxy-from-env --format --output --export --quiet --verbose --color --progress --help --version" ;;
		esac
		if [[ $current != -* ]]; then
			case $command in
			verify | replay | diff | log)
				mapfile -t COMPREPLY < <(compgen -f -- "$current")
				return
				;;
			esac
			[[ $COMP_CWORD -eq 1 ]] && words="verify replay diff log help version $words"
		fi
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _mra_preflight mra-preflight
