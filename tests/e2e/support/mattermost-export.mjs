// A bulk export of Mattermost, in the form its server writes (channels/app/export.go): posts by their
// random ids, so in no order of time.
import { writeFileSync } from 'node:fs';

export const AT = Date.UTC(2024, 0, 15, 9, 30);

const line = (type, object) => JSON.stringify({ type, [type]: object });

export const version = () =>
  JSON.stringify({ type: 'version', version: 1, info: { generator: 'mattermost-server', version: '9.5.0', created: '' } });
export const team = (name, shown = name) =>
  line('team', { name, display_name: shown, type: 'O', description: '', allow_open_invite: true });
export const channel = (teamName, name, shown, more = {}) =>
  line('channel', { team: teamName, name, display_name: shown, type: 'O', header: '', purpose: '', ...more });

/// @param channels {name: last_viewed_at or {last_viewed_at, roles}}
export function user(username, teamName, channels = {}, more = {}) {
  const memberships = Object.entries(channels).map(([name, what]) => ({
    name,
    roles: 'channel_user',
    notify_props: { desktop: 'default', mobile: 'default', mark_unread: 'all' },
    favorite: false,
    ...(typeof what === 'object' ? what : { last_viewed_at: what }),
  }));
  return line('user', {
    username, email: `${username}@example.com`, auth_service: null, nickname: '', first_name: '', last_name: '',
    position: '', roles: 'system_user', locale: 'en', delete_at: 0,
    teams: [{ name: teamName, roles: 'team_user', channels: memberships }],
    ...more,
  });
}

export const bot = (username) => line('bot', { username, owner: 'x', display_name: 'A bot', delete_at: 0 });
const body = (sender, message, at, more) => ({
  user: sender, type: '', message, props: {}, create_at: at, edit_at: 0, reactions: null, replies: null,
  attachments: null, ...more,
});
export const reply = body;
export const post = (teamName, channelName, sender, message, at, more = {}) =>
  line('post', { team: teamName, channel: channelName, ...body(sender, message, at, more) });
export const directChannel = (members, more = {}) => line('direct_channel', { members, favorited_by: null, header: '', ...more });
export const directPost = (members, sender, message, at, more = {}) =>
  line('direct_post', { channel_members: members, ...body(sender, message, at, more) });

/// Writes the lines. @returns the file
export function writeExport(file, lines) {
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
