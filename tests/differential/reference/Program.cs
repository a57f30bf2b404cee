// The hub of tests/functional_hub as an ASP.NET Core application, to compare answers with.
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
var signalr = builder.Services.AddSignalR(options => options.EnableDetailedErrors = true);
signalr.AddJsonProtocol(json => json.PayloadSerializerOptions.PropertyNamingPolicy = null);
#if NET11_0
signalr.AddMessagePackProtocol();
SignedHubs.AddTo(builder.Services);
#endif
var app = builder.Build();
app.MapHub<TestHub>("/testhub");
#if NET11_0
SignedHubs.MapOn(app);
#endif
await app.StartAsync();
Console.WriteLine(app.Urls.First());
// Ends with whoever started it.
await Task.Run(() => Console.In.ReadToEnd());
await app.StopAsync();

public class CustomObject
{
    public string? Name { get; set; }
    public int Value { get; set; }
}

public class TestHub : Hub
{
    public string Echo(string message) => message;

    public void ThrowException(string message) => throw new InvalidOperationException(message);

    public void ThrowHubException(string message) => throw new HubException(message);

    public Task InvokeWithString(string message) => Clients.Caller.SendAsync("Message", message);

    public Task SendCustomObject(CustomObject customObject) =>
        Clients.Caller.SendAsync("CustomObject", customObject);

    public async IAsyncEnumerable<string> Stream()
    {
        foreach (var one in new[] { "a", "b", "c" }) yield return one;
        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> EmptyStream()
    {
        await Task.CompletedTask;
        yield break;
    }

    public IAsyncEnumerable<string> StreamThrowException(string message) =>
        throw new InvalidOperationException(message);

    public async IAsyncEnumerable<string> InfiniteStream([EnumeratorCancellation] CancellationToken token)
    {
        var over = new TaskCompletionSource();
        using var registration = token.Register(() => over.SetResult());
        await over.Task;
        await Clients.Caller.SendAsync("StreamCanceled");
        yield break;
    }

    public async Task<string> StreamingConcat(IAsyncEnumerable<string> stream)
    {
        var all = "";
        await foreach (var item in stream) all += item;
        return all;
    }
}
