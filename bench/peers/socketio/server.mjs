// Socket.IO in memory: rooms, no storage. WebSocket only and no compression, as its manual advises
// for speed; the optional native modules (bufferutil, utf-8-validate) are dependencies here.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((request, response) => {
  response.statusCode = request.url === "/readyz" ? 200 : 404;
  response.end();
});
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

io.on("connection", (socket) => {
  socket.conn.request = null; // the manual's advice on memory
  socket.on("join", (room, done) => {
    socket.join(room);
    done();
  });
  socket.on("send", (room, text) => io.to(room).emit("message", room, text));
});

http.listen(Number(process.argv[2]), "127.0.0.1", 4096);
