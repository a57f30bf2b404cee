import {
  DefaultHttpClient,
  type HttpRequest,
  type HttpResponse,
  type HubConnection,
  HubConnectionBuilder,
  LogLevel,
  NullLogger,
} from '@microsoft/signalr';

/** Remembers the secret name of the connection, by which a newer token extends it. */
class Listener extends DefaultHttpClient {
  connectionToken?: string;

  constructor() {
    super(NullLogger.instance);
  }

  override async send(request: HttpRequest): Promise<HttpResponse> {
    const answer = await super.send(request);
    if (request.url?.includes('/negotiate') && typeof answer.content === 'string')
      this.connectionToken = tokenIn(answer.content);
    return answer;
  }
}

export interface Hub {
  readonly connection: HubConnection;
  connectionToken(): string | undefined;
}

export function makeHub(token: () => Promise<string>): Hub {
  const httpClient = new Listener();
  const connection = new HubConnectionBuilder()
    .withUrl(new URL('hubs/chat', location.origin).href, { accessTokenFactory: token, httpClient })
    .withStatefulReconnect()
    .configureLogging(LogLevel.None) // every end is told through onState
    .build();
  return { connection, connectionToken: () => httpClient.connectionToken };
}

function tokenIn(answer: string): string | undefined {
  try {
    return (JSON.parse(answer) as { connectionToken?: string }).connectionToken;
  } catch {
    return undefined;
  }
}
