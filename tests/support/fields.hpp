#pragma once

#include <string>
#include <type_traits>

#include "chat/request.hpp"

namespace parley::test {

/// Writes every field of a value down, so that two commands can be compared whatever they are.
class field_text {
 public:
  template <class... Fields>
  auto operator()(Fields&... fields) -> bool {
    (add(fields), ...);
    return true;
  }
  auto text() const -> const std::string& { return text_; }

 private:
  void add(const std::string& value) { text_ += '"' + value + "\" "; }
  void add(chat::list_conversations& what) { (*this)(what.before, what.limit); }
  void add(chat::chat_list_mark& mark) { (*this)(mark.last_activity_at, mark.id); }
  void add(chat::search_users& what) { (*this)(what.query, what.limit); }
  void add(chat::list_dead_letters& what) { (*this)(what.before, what.limit); }
  void add(chat::show_dead_letter& what) { add(what.id); }
  void add(chat::retry_dead_letter& what) { add(what.id); }
  void add(chat::drop_dead_letter& what) { add(what.id); }
  void add(chat::update_me& me) {
    auto& what = me.what;
    (*this)(what.first_name, what.last_name, what.display_name, what.picture_url);
  }
  void add(chat::renew_device& what) { add(what.what); }
  void add(chat::list_devices& what) { add(what.current); }
  void add(chat::end_device& what) { (*this)(what.id, what.may_be_gone); }
  void add(chat::look_at_invite& what) { add(what.code); }
  void add(chat::join_by_invite& what) { add(what.code); }
  void add(chat::find_person& what) { add(what.user_name); }
  void add(chat::get_people& what) { add(what.users); }
  void add(chat::join_all& what) { add(what.conversations); }
  template <class T>
  void add(std::optional<T>& value) {
    value ? add(*value) : void(text_ += "- ");
  }
  template <class T>
  void add(std::vector<T>& list) {
    text_ += "[ ";
    for (auto& one : list) add(one);
    text_ += "] ";
  }
  template <class T>
  void add(T& value) {
    if constexpr (std::is_enum_v<T>)
      text_ += std::to_string(static_cast<std::int64_t>(value)) + ' ';
    else if constexpr (std::is_arithmetic_v<T>)
      text_ += std::to_string(value) + ' ';
    else if constexpr (requires { inspect(*this, value); })
      inspect(*this, value);
    else if constexpr (requires { value.begin(); })
      for (auto& one : value) add(one);
    else
      static_assert(std::is_empty_v<T>, "say here what its fields are");
  }

  std::string text_;
};

/// Which command it is, and all its fields.
inline auto fields_of(chat::request what) -> std::string {
  field_text fields;
  std::visit([&fields](auto& command) { fields(command); }, what);
  return std::to_string(what.index()) + ": " + fields.text();
}

}  // namespace parley::test
