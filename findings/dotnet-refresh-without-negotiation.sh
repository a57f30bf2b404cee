#!/usr/bin/env bash
# Microsoft.AspNetCore.SignalR.Client 11.0.0: with SkipNegotiation it never refreshes, and says nothing
#
# Seen with   client and server of 11.0.0, on the runtime 11.0.0
# Input       WithAuthenticationRefresh, EnableAutoRefresh = true, and SkipNegotiation = true over
#             WebSockets; tokens good for 6 s.
# One guesses that the token is refreshed, or that the combination is refused when the connection starts.
# It does     start, and never refresh: the lifetime and the connection's token come with negotiate. There
#             is no event. RefreshAuthenticationAsync on the connected hub throws "... before the
#             connection is started". The server closes the connection at the end of the token.
# So          negotiate, or reconnect automatically.
. "$(dirname "$0")/support/net11.sh"
stated='Connected
by hand: InvalidOperationException: Cannot refresh authentication before the connection is started.
by itself: refreshed 0 times, failed 0 times
closed, error: none'
seen=$(run_net11 <<'CS'
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

await using var app = await Server.Start();
var (good, failed, byHand) = (0, 0, false);
var over = new TaskCompletionSource<Exception?>();
var hub = new HubConnectionBuilder()
    .WithUrl(app.Urls.First() + "/hub", options =>
    {
        options.SkipNegotiation = true;
        options.Transports = HttpTransportType.WebSockets;
        options.AccessTokenProvider = () => Task.FromResult<string?>(Server.Token("dora", 6));
    })
    .WithAuthenticationRefresh(options => options.EnableAutoRefresh = true)
    .Build();
hub.AuthenticationRefreshed += _ => { ++good; return Task.CompletedTask; };
hub.AuthenticationRefreshFailed += _ => { if (!byHand) ++failed; return Task.CompletedTask; };
hub.Closed += error => { over.SetResult(error); return Task.CompletedTask; };
await hub.StartAsync();
Console.WriteLine(hub.State);
byHand = true;
try { await hub.RefreshAuthenticationAsync(); }
catch (Exception error) { Console.WriteLine($"by hand: {error.GetType().Name}: {error.Message}"); }
byHand = false;
var closed = await over.Task.WaitAsync(TimeSpan.FromSeconds(30));
Console.WriteLine($"by itself: refreshed {good} times, failed {failed} times");
Console.WriteLine($"closed, error: {closed?.Message ?? "none"}");
CS
)
expect "$seen" "$stated"
