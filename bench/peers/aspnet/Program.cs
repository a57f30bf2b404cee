// A minimal ASP.NET Core SignalR chat in memory: a group per room, no storage, no authentication, no
// logging. Calls of one client may overlap, as they may in Parley.
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSignalR(o => o.MaximumParallelInvocationsPerClient = 16);
var app = builder.Build();
app.MapGet("/readyz", () => Results.Ok());
// With a length, not chunked: the load generator reads nothing else.
app.MapPost("/messaging/conversations", () => Results.Text($$"""{"conversationId":"{{Guid.NewGuid()}}"}""", "application/json"));
app.MapHub<ChatHub>("/hubs/chat");
app.Run();

record Post(string ConversationId, string Content, string? ClientMessageId);
record Message(Guid MessageId, string ConversationId, string SenderId, string Content, string Status, DateTime CreatedAt);

class ChatHub : Hub
{
    public Task JoinConversation(string id) => Groups.AddToGroupAsync(Context.ConnectionId, id);

    public async Task<object> Send(Post post)
    {
        var message = new Message(Guid.CreateVersion7(), post.ConversationId, Context.ConnectionId, post.Content, "Sent", DateTime.UtcNow);
        await Clients.Group(post.ConversationId).SendAsync("MessageReceived", message);
        return new { messageId = message.MessageId };
    }
}
