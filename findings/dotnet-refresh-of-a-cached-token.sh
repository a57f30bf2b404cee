#!/usr/bin/env bash
# Microsoft.AspNetCore.SignalR.Client 11.0.0: refreshing with a cached token runs ever faster, then stops
#
# Seen with   client and server of 11.0.0, on the runtime 11.0.0
# Input       WithAuthenticationRefresh, EnableAutoRefresh = true, and an access token provider as most
#             are: it keeps its token and gets a new one when that has ended.
# One guesses that the client goes on asking, and has the new token as soon as there is one.
# It does     refresh at half of what is left, with the token that it has: answered 200 each time, at half
#             of that again, and so on, until the server answers a lifetime of 0 whole seconds. After that
#             it sets no timer any more. Every refresh succeeded, and the connection is closed at the end.
# So          the provider must fetch a new token well before the end: earlier than
#             RefreshBeforeExpiration (5 minutes by default), or than half of a shorter lifetime.
. "$(dirname "$0")/support/net11.sh"
stated='refreshed with the same token, 3 times at least: True
each lifetime at most half of the one before, and a second: True
the last lifetime: 0 s; failures: 0
closed, error: none; the provider was asked after the end: False'
seen=$(run_net11 <<'CS'
using Microsoft.AspNetCore.SignalR.Client;

await using var app = await Server.Start();
const int seconds = 10;
var end = DateTime.UtcNow.AddSeconds(seconds);
var token = Server.Token("dora", seconds);
var askedLate = false;
var failures = 0;
var lifetimes = new List<double> { seconds };
var over = new TaskCompletionSource<Exception?>();
var hub = new HubConnectionBuilder()
    .WithUrl(app.Urls.First() + "/hub", options => options.AccessTokenProvider = () =>
    {
        if (DateTime.UtcNow >= end) (askedLate, token) = (true, Server.Token("dora", seconds));
        return Task.FromResult<string?>(token);
    })
    .WithAuthenticationRefresh(options => options.EnableAutoRefresh = true)
    .Build();
hub.AuthenticationRefreshed += context => { lifetimes.Add(context.NewTokenLifetime!.Value.TotalSeconds); return Task.CompletedTask; };
hub.AuthenticationRefreshFailed += _ => { ++failures; return Task.CompletedTask; };
hub.Closed += error => { over.SetResult(error); return Task.CompletedTask; };
await hub.StartAsync();
var error = await over.Task.WaitAsync(TimeSpan.FromSeconds(30));
var halves = lifetimes.Zip(lifetimes.Skip(1)).All(pair => pair.Second <= pair.First / 2 + 1);
Console.WriteLine($"refreshed with the same token, 3 times at least: {lifetimes.Count > 3}");
Console.WriteLine($"each lifetime at most half of the one before, and a second: {halves}");
Console.WriteLine($"the last lifetime: {lifetimes[^1]} s; failures: {failures}");
Console.WriteLine($"closed, error: {error?.Message ?? "none"}; the provider was asked after the end: {askedLate}");
CS
)
expect "$seen" "$stated"
