/**
 * The proxy: carries one exchange with the upstream. HttpClient lives only here.
 *
 * <pre>
 *   client ──▶ RequestHead, RequestBody ──▶ Attempt ──▶ UpstreamPool ──▶ upstream
 *   client ◀── ResponseHead, ResponseBody ◀── Attempt ◀── UpstreamSession ◀──┘
 *                        └── Exchange ──┘   what goes wrong ends in Failure
 *
 *   client ──▶ TunnelToUpstream ──▶ UpstreamSession ──▶ upstream      when the upstream has answered 101:
 *   client ◀── TunnelToClient ◀──── UpstreamSession ◀── upstream      both are one Tunnel
 * </pre>
 *
 * <p>HttpClient is used below its execution chain: a connection is leased, an exchange handler of ours is run on it, and it
 * is released. So the wire carries exactly the fields given here, and nothing is retried, redirected, stored or unpacked
 * behind our back.
 *
 * <p>Threads: an exchange starts on a container thread. Upstream callbacks come on a reactor thread, client callbacks on a
 * container thread; neither may ever block. {@link dev.holdfast.proxy.RequestBody} and
 * {@link dev.holdfast.proxy.ResponseBody} are where the two meet.
 *
 * <p>It knows neither why requests are held nor by what.
 */
package dev.holdfast.proxy;
