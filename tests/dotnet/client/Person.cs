// One connection of Microsoft's client, and what it is told.
using System.Text.Json;
using MessagePack;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

/// How to connect. RefreshBefore: seconds before the end at which a token is refreshed by itself;
/// without it never. Reconnect: the delays of automatic reconnects in ms.
public record Way(string Url, string Transport, string Protocol, string Token, double? RefreshBefore, int[]? Reconnect, bool Stateful);

// MessagePack knows no naming policy: the names are those on the wire.
[MessagePackObject]
public class Draft
{
    [Key("conversationId")] public Guid ConversationId { get; set; }
    [Key("content")] public string Content { get; set; } = "";
}

[MessagePackObject]
public class Receipt
{
    [Key("messageId")] public Guid MessageId { get; set; }
    [Key("seq")] public long Seq { get; set; }
    [Key("createdAt")] public string CreatedAt { get; set; } = "";
}

[MessagePackObject]
public class Message
{
    [Key("conversationId")] public Guid ConversationId { get; set; }
    [Key("messageId")] public Guid MessageId { get; set; }
    [Key("senderId")] public string SenderId { get; set; } = "";
    [Key("content")] public string Content { get; set; } = "";
    [Key("seq")] public long Seq { get; set; }
}

/// Tells everything through `tell(event, data)`.
public sealed class Person
{
    private readonly HubConnection _hub;
    private string _token;
    private int _asked;

    public Person(Way way, Action<string, object?> tell)
    {
        _token = way.Token;
        var builder = new HubConnectionBuilder().WithUrl(way.Url, options =>
        {
            options.Transports = Enum.Parse<HttpTransportType>(way.Transport);
            options.AccessTokenProvider = () =>
            {
                Interlocked.Increment(ref _asked);
                return Task.FromResult<string?>(Volatile.Read(ref _token));
            };
        });
        if (way.Protocol == "messagepack") builder.AddMessagePackProtocol();
        if (way.Reconnect is { } delays)
            builder.WithAutomaticReconnect([.. delays.Select(ms => TimeSpan.FromMilliseconds(ms))]);
        if (way.Stateful) builder.WithStatefulReconnect();
        builder.WithAuthenticationRefresh(options =>
        {
            options.EnableAutoRefresh = way.RefreshBefore is not null;
            options.RefreshBeforeExpiration = TimeSpan.FromSeconds(way.RefreshBefore ?? 0);
        });
        _hub = builder.Build();
        _hub.Closed += error => Tell("closed", error?.Message);
        _hub.Reconnecting += error => Tell("reconnecting", error?.Message);
        _hub.Reconnected += id => Tell("reconnected", id);
        _hub.AuthenticationRefreshed += context => Tell("refreshed", context.NewTokenLifetime?.TotalSeconds);
        _hub.AuthenticationRefreshFailed += context => Tell("refreshFailed", context.Exception.Message);
        _hub.On<Message>("MessageReceived", message => tell("message", message));

        Task Tell(string name, object? data)
        {
            tell(name, data);
            return Task.CompletedTask;
        }
    }

    /// @returns the answer, as JSON can say it
    public async Task<object?> Do(string what, JsonElement with)
    {
        string Text(string name) => with.GetProperty(name).GetString()!;
        switch (what)
        {
            case "start":
                await _hub.StartAsync();
                return _hub.ConnectionId;
            case "join":
                await _hub.InvokeAsync("JoinConversation", Guid.Parse(Text("conversationId")));
                return null;
            case "say":
                var draft = new Draft { ConversationId = Guid.Parse(Text("conversationId")), Content = Text("content") };
                return await _hub.InvokeAsync<Receipt>("Send", draft);
            case "token":
                Volatile.Write(ref _token, Text("token"));
                return null;
            case "refresh":
                return (await _hub.RefreshAuthenticationAsync())?.TotalSeconds;
            case "asked":
                return Volatile.Read(ref _asked);
            case "state":
                return new { State = _hub.State.ToString(), _hub.ConnectionId };
            case "stop":
                await _hub.StopAsync();
                return null;
            default:
                throw new ArgumentException($"no such command: {what}");
        }
    }
}
