// A hub of ASP.NET Core for users with tokens, which ends a connection when its token ends.
// A token is "NAME.END", END in Unix milliseconds: nothing here is about signatures.
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

public static class Server
{
    public static string Token(string name, double seconds) =>
        $"{name}.{DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeMilliseconds()}";

    /// @returns the running server; its hub is at /hub
    public static async Task<WebApplication> Start(bool endsWithToken = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddSignalR();
        builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, TokenReader>("Bearer", null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHub<EchoHub>("/hub", options =>
        {
            options.EnableAuthenticationRefresh = true;
            options.CloseOnAuthenticationExpiration = endsWithToken;
            options.AllowStatefulReconnects = true;
        });
        await app.StartAsync();
        return app;
    }
}

[Authorize]
public class EchoHub : Hub
{
    public string Echo(string text) => text;
}

public sealed class TokenReader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Read());

    private AuthenticateResult Read()
    {
        var header = Request.Headers.Authorization.ToString();
        string? token = header.StartsWith("Bearer ") ? header[7..] : Request.Query["access_token"];
        if (token?.Split('.') is not [var name, var end]) return AuthenticateResult.NoResult();
        var ends = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(end));
        if (ends <= DateTimeOffset.UtcNow) return AuthenticateResult.Fail("it has ended");
        var who = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], Scheme.Name);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(who), new() { ExpiresUtc = ends }, Scheme.Name));
    }
}
