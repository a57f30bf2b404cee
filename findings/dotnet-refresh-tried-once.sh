#!/usr/bin/env bash
# Microsoft.AspNetCore.SignalR.Client 11.0.0: a refresh by itself that fails is the last one
#
# Seen with   client and server of 11.0.0, on the runtime 11.0.0
# Input       WithAuthenticationRefresh, EnableAutoRefresh = true; tokens good for 8 s. When the client
#             refreshes for the first time, at 4 s, the identity provider has a bad moment: its token has
#             ended, the server answers 401. From then on it hands out good ones again.
# One guesses that the client tries again in the 4 s that are left.
# It does     raise AuthenticationRefreshFailed, and nothing more: no timer is set after a failure. The
#             server closes the connection at the end of the first token, without an error.
# So          call RefreshAuthenticationAsync again from AuthenticationRefreshFailed, with a delay: a
#             success sets the timer anew. Or reconnect automatically, and bear the gap.
. "$(dirname "$0")/support/net11.sh"
stated='refreshed 0 times, failed 1 times (401)
closed, error: none
with a try after the failure: refreshed at least once, still Connected'
seen=$(run_net11 <<'CS'
using System.Net;
using Microsoft.AspNetCore.SignalR.Client;

await using var app = await Server.Start();

async Task<(HubConnection, Func<(int, int)>, Task<Exception?>)> Connect(bool triesAgain)
{
    var (good, failed) = (0, 0);
    var isFirst = true;
    var isRefresh = false;
    var over = new TaskCompletionSource<Exception?>();
    var hub = new HubConnectionBuilder()
        .WithUrl(app.Urls.First() + "/hub", options => options.AccessTokenProvider = () =>
        {
            var seconds = isRefresh && isFirst ? -1 : 8;
            if (isRefresh) isFirst = false;
            return Task.FromResult<string?>(Server.Token("dora", seconds));
        })
        .WithAuthenticationRefresh(options => options.EnableAutoRefresh = true)
        .Build();
    hub.AuthenticationRefreshed += _ => { ++good; return Task.CompletedTask; };
    hub.AuthenticationRefreshFailed += context =>
    {
        if (((HttpRequestException)context.Exception).StatusCode == HttpStatusCode.Unauthorized) ++failed;
        if (triesAgain) _ = Task.Delay(500).ContinueWith(_ => hub.RefreshAuthenticationAsync());
        return Task.CompletedTask;
    };
    hub.Closed += error => { over.SetResult(error); return Task.CompletedTask; };
    await hub.StartAsync();
    isRefresh = true;
    return (hub, () => (good, failed), over.Task);
}

var (_, counts, closed) = await Connect(false);
var (helped, helpedCounts, _) = await Connect(true);
var error = await closed.WaitAsync(TimeSpan.FromSeconds(30));
Console.WriteLine($"refreshed {counts().Item1} times, failed {counts().Item2} times (401)");
Console.WriteLine($"closed, error: {error?.Message ?? "none"}");
await Task.Delay(1000);
Console.WriteLine($"with a try after the failure: refreshed {(helpedCounts().Item1 > 0 ? "at least once" : "never")}, still {helped.State}");
CS
)
expect "$seen" "$stated"
