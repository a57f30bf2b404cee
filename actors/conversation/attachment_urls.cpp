#include "actors/conversation/attachment_urls.hpp"

namespace parley::actors {
namespace {

struct url_adder {
  const environment& env;

  void operator()(chat::entry& message) const { add_urls(env, message); }
  void operator()(chat::message_view& seen) const { add_urls(env, seen.message); }
  void operator()(chat::page& page) const { each(page.messages); }
  void operator()(chat::stretch& stretch) const { each(stretch.messages); }
  void operator()(chat::caught_up& one) const { each(one.entries); }
  void operator()(chat::chat_list_row& row) const {
    if (row.last_message) add_urls(env, *row.last_message);
  }
  template <class T>
  void operator()(std::vector<T>& all) const {
    each(all);
  }
  template <class Other>
  void operator()(Other&) const {}

  template <class T>
  void each(std::vector<T>& all) const {
    for (auto& one : all) (*this)(one);
  }
};

}  // namespace

void add_urls(const environment& env, chat::entry& message) {
  if (message.attachments.empty() || env.blobs == nullptr) return;
  for (auto& file : message.attachments)
    file.url = env.blobs->download_url(file, env.clock.now());
}

void add_urls(const environment& env, chat::result& what) { std::visit(url_adder{env}, what); }

}  // namespace parley::actors
