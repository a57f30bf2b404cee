// The tables of the .NET system, as EF Core's providers make them (findings/ef-guids-in-mysql.sh shows
// them), with a history in them whose rows lie in no order.
import { randomUUID } from 'node:crypto';

const reversed = (hex) => hex.match(/../g).reverse().join('');
const parts = (guid) => guid.split('-');
const digits = (guid) => guid.replaceAll('-', '');
const littleEndian = (guid) => {
  const [a, b, c, ...rest] = parts(guid);
  return [reversed(a), reversed(b), reversed(c), ...rest].join('');
};
const timeSwapped = (guid) => {
  const [a, b, c, ...rest] = parts(guid);
  return [c, b, a, ...rest].join('');
};

/// By provider and setting: the type of a column, and a GUID as a statement writes it.
export const FORMS = {
  'Pomelo, Char36': { type: 'char(36) COLLATE ascii_general_ci', write: (guid) => `'${guid}'` },
  'Pomelo, Char32': { type: 'char(32) COLLATE ascii_general_ci', write: (guid) => `'${digits(guid)}'` },
  'Pomelo, Binary16': { type: 'binary(16)', write: (guid) => `0x${digits(guid)}` },
  'Pomelo, LittleEndianBinary16': { type: 'binary(16)', write: (guid) => `0x${littleEndian(guid)}` },
  'Pomelo, TimeSwapBinary16': { type: 'binary(16)', write: (guid) => `0x${timeSwapped(guid)}` },
  'Oracle, default': { type: 'char(36)', write: (guid) => `'${guid}'` },
  'Oracle, Old Guids': { type: 'binary(16)', write: (guid) => `0x${littleEndian(guid)}` },
  'a converter to text': { type: 'varchar(36)', write: (guid) => `'${guid.toUpperCase()}'` },
  'a converter to bytes': { type: 'varbinary(16)', write: (guid) => `0x${littleEndian(guid)}` },
};

const tables = (type) => `
CREATE TABLE conversations (
  Id ${type} NOT NULL, Participant1Id ${type} NOT NULL, Participant2Id ${type} NOT NULL,
  Type int NOT NULL, CreatedAt datetime(6) NOT NULL, UpdatedAt datetime(6) NOT NULL,
  LastMessageAt datetime(6) NULL, CONSTRAINT PK_conversations PRIMARY KEY (Id)) CHARACTER SET=utf8mb4;
CREATE TABLE messages (
  Id ${type} NOT NULL, ConversationId ${type} NOT NULL, SenderId ${type} NOT NULL,
  Content varchar(5000) CHARACTER SET utf8mb4 NULL, Status int NOT NULL,
  CreatedAt datetime(6) NOT NULL, DeliveredAt datetime(6) NULL, ReadAt datetime(6) NULL,
  DeletedAt datetime(6) NULL, CONSTRAINT PK_messages PRIMARY KEY (Id)) CHARACTER SET=utf8mb4;`;

const START = Date.UTC(2023, 10, 14, 22, 13, 20);
const STATUS = { Sent: 0, Delivered: 1, Read: 2 };
const sqlTime = (ms, micros = 0) =>
  ms === undefined
    ? 'NULL'
    : `'${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}'`;

export class EfTables {
  constructor(database, name, form) {
    Object.assign(this, { database, name, form });
  }

  /// Two empty tables in a database of their own.
  static async make(database, name, form = FORMS['Pomelo, Char36']) {
    await database.createDatabase(name);
    const self = new EfTables(database, name, form);
    await self.run(tables(form.type));
    return self;
  }

  get url() {
    return this.database.url(this.name);
  }

  run(sql) {
    return this.database.query(`USE \`${this.name}\`; ${sql}`);
  }

  dispose() {
    return this.database.dropDatabase(this.name);
  }

  /// @returns its id
  async conversation(one, other, { id = randomUUID(), at = START, type = 0 } = {}) {
    const write = this.form.write;
    await this.run(
      `INSERT INTO conversations VALUES (${write(id)}, ${write(one)}, ${write(other)}, ${type}, ` +
        `${sqlTime(at)}, '0001-01-01 00:00:00', NULL)`,
    );
    return id;
  }

  /// Rows that take what they do not say from a good one.
  /// @param rows {id, conversation, sender, content or contentSql, status or statusNumber, at (ms), micros, readAt, deliveredAt, deletedAt}
  async messages(rows) {
    const write = this.form.write;
    const values = rows.map(
      (row) =>
        `(${write(row.id ?? randomUUID())}, ${write(row.conversation)}, ${write(row.sender)}, ` +
        `${row.contentSql ?? `'${row.content}'`}, ${row.statusNumber ?? STATUS[row.status ?? 'Sent']}, ` +
        `${sqlTime(row.at, row.micros)}, ${sqlTime(row.deliveredAt)}, ${sqlTime(row.readAt)}, ` +
        `${sqlTime(row.deletedAt)})`,
    );
    for (let i = 0; i < values.length; i += 500)
      await this.run(`INSERT INTO messages VALUES ${values.slice(i, i + 500).join(',')}`);
  }

  /// A history of two: their messages take turns, a second apart; the newest three of the second are
  /// sent, delivered and read, what came before is read. Written in an order of its own.
  /// @returns {conversation, rows} with rows in the order of time
  async history(one, other, count) {
    const conversation = await this.conversation(one, other);
    const rows = Array.from({ length: count }, (_, i) => ({
      id: randomUUID(),
      conversation,
      sender: i % 2 ? other : one,
      content: `text ${i}`,
      at: START + i * 1000 + 123,
      micros: i % 1000,
      status: 'Read',
      deliveredAt: START + i * 1000 + 500,
      readAt: START + i * 1000 + 700,
    }));
    const unread = { status: 'Delivered', readAt: undefined };
    for (const i of [count - 1, count - 3]) Object.assign(rows[i], unread);
    Object.assign(rows[count - 2], { status: 'Sent', readAt: undefined, deliveredAt: undefined });
    await this.messages(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    return { conversation, rows };
  }
}
