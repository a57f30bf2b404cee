#!/usr/bin/env bash
# @microsoft/signalr 10.0.11: with stateful reconnect a server's Close is taken for a lost socket first
#
# Seen with   @microsoft/signalr 10.0.11 on Node 20, server ASP.NET Core 11.0.0 with
#             CloseOnAuthenticationExpiration
# Input       withStatefulReconnect(), tokens good for 4 s. When the token ends the server says Close and
#             closes the socket with 1000.
# One guesses that the client closes: the server said goodbye, and has forgotten the connection.
# It does     log "Close message received from server.", ask accessTokenFactory for one more token, and try
#             a WebSocket with the old id, which the server refuses. Then it logs "There was an error with
#             the transport.", and closes: onclose has no error. Without stateful reconnect it closes at
#             once.
# So          a refused upgrade per goodbye, in a server's log and in the client's, is no fault; a server
#             must have forgotten the id by then, or the socket is opened and left alone.
. "$(dirname "$0")/support/net11.sh"
serve_net11 ends
stated='stateful: tokens asked for after the Close: 1; transport errors logged: 1; onclose: none
plain: tokens asked for after the Close: 0; transport errors logged: 0; onclose: none'
seen=$(run_npm 10.0.11 <<'JS'
import { HttpTransportType, HubConnectionBuilder } from '@microsoft/signalr';

for (const stateful of [true, false]) {
  let saidGoodbye = false;
  let asked = 0;
  let errors = 0;
  const log = (_, message) => {
    if (message === 'Close message received from server.') saidGoodbye = true;
    if (saidGoodbye && message.endsWith('There was an error with the transport.')) ++errors;
  };
  const accessTokenFactory = () => {
    if (saidGoodbye) ++asked;
    return `dora.${Date.now() + 4_000}`;
  };
  const builder = new HubConnectionBuilder()
    .withUrl(process.argv[2], { transport: HttpTransportType.WebSockets, accessTokenFactory })
    .configureLogging({ log });
  if (stateful) builder.withStatefulReconnect();
  const connection = builder.build();
  const closed = new Promise((resolve) => connection.onclose(resolve));
  await connection.start();
  const error = await closed;
  console.log(
    `${stateful ? 'stateful' : 'plain'}: tokens asked for after the Close: ${asked}; ` +
      `transport errors logged: ${errors}; onclose: ${error?.message ?? 'none'}`,
  );
}
process.exit();
JS
)
expect "$seen" "$stated"
