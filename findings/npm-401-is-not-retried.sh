#!/usr/bin/env bash
# @microsoft/signalr 10.0.11: over SSE and long polling a token that ended is never replaced
#
# Seen with   @microsoft/signalr 10.0.11 on Node 20, server ASP.NET Core 11.0.0 (default: connections
#             outlive their tokens)
# Input       accessTokenFactory gives a new token, good for 3 s, whenever it is asked. After the first one
#             has ended, the client invokes a method, twice.
# One guesses that the client, answered 401, asks the factory and sends again: AccessTokenHttpClient has
#             code for that, and Microsoft.AspNetCore.SignalR.Client does it.
# It does     reject both calls with "Status code '401'", and never ask the factory: the HTTP clients below
#             reject what is not 2xx, so that the code is not reached. The connection stays "Connected",
#             and hears what the server says, but cannot say anything any more.
# So          over these transports a server should close connections when their tokens end
#             (CloseOnAuthenticationExpiration), and the client reconnect automatically; or use WebSockets.
. "$(dirname "$0")/support/net11.sh"
serve_net11 stays
stated="ServerSentEvents: Unauthorized: Status code '401'; Unauthorized: Status code '401'
ServerSentEvents: the factory was asked 0 times, Connected
LongPolling: Unauthorized: Status code '401'; Unauthorized: Status code '401'
LongPolling: the factory was asked 0 times, Connected
WebSockets: x; x
WebSockets: the factory was asked 0 times, Connected"
seen=$(run_npm 10.0.11 <<'JS'
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

for (const transport of ['ServerSentEvents', 'LongPolling', 'WebSockets']) {
  let asked = 0;
  let end;
  const accessTokenFactory = () => {
    ++asked;
    end = Date.now() + 3_000;
    return `dora.${end}`;
  };
  const connection = new HubConnectionBuilder()
    .withUrl(process.argv[2], { transport: HttpTransportType[transport], accessTokenFactory })
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  asked = 0;
  await new Promise((ended) => setTimeout(ended, end - Date.now() + 200));
  const say = () => connection.invoke('Echo', 'x').catch(({ message }) => message);
  console.log(`${transport}: ${await say()}; ${await say()}`);
  console.log(`${transport}: the factory was asked ${asked} times, ${connection.state}`);
  await connection.stop().catch(() => {});
}
process.exit();
JS
)
expect "$seen" "$stated"
