// The resources that the cases ask for, as an ASP.NET Core application.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

const int KiB = 1024;
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, 0);
    kestrel.Limits.MaxRequestBodySize = 256 * KiB;
    kestrel.Limits.MaxRequestHeadersTotalSize = 8 * KiB;
    kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2);
    kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(2));
});
var app = builder.Build();
app.MapMethods("/healthz", ["GET", "HEAD"], () => Results.Text("ok\n"));
app.MapPost("/hubs/chat/negotiate", async (HttpRequest request) =>
{
    await request.Body.CopyToAsync(Stream.Null);
    return Results.Text("{}", "application/json");
});
await app.StartAsync();
Console.WriteLine(app.Urls.First());
// Ends with whoever started it.
await Task.Run(() => Console.In.ReadToEnd());
await app.StopAsync();
