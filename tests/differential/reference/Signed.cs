// Hubs for users with tokens, as of .NET 11: what they do when a token ends, and about a newer one.
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

public static class SignedHubs
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, TokenReader>("Bearer", null);
        services.AddAuthorization();
    }

    public static void MapOn(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHub<SignedHub>("/hubs/chat", options =>
        {
            options.EnableAuthenticationRefresh = true;
            options.CloseOnAuthenticationExpiration = true;
            options.AllowStatefulReconnects = true;
        });
    }
}

[Authorize]
public class SignedHub : Hub;

/// Reads `sub` and `exp` of a token. It is a reference for what follows: signatures are not looked at.
public sealed class TokenReader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Read());

    private AuthenticateResult Read()
    {
        var header = Request.Headers.Authorization.ToString();
        string? token = header.StartsWith("Bearer ") ? header[7..] : Request.Query["access_token"];
        if (string.IsNullOrEmpty(token)) return AuthenticateResult.NoResult();
        var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
        var end = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
        if (end <= DateTimeOffset.UtcNow) return AuthenticateResult.Fail("it has ended");
        var who = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, claims.GetProperty("sub").GetString()!)], Scheme.Name);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(who), new() { ExpiresUtc = end }, Scheme.Name));
    }
}
