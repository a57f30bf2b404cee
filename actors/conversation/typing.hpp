#pragma once

#include <optional>
#include <vector>

#include "actors/messages.hpp"
#include "chat/time.hpp"

namespace parley::actors {

/// Who types in one conversation, until when, and who was spared the news: the typist's blocked. It
/// tells nobody; it says what is to be told.
class typists {
 public:
  using time = chat::clock::steady;

  auto empty() const -> bool { return all_.empty(); }

  /// `user` types until then, unless it says so again. @returns is it to be told? The first time,
  /// and to who goes on only now and then.
  auto begin(const chat::user_id& user, time now, time until) -> bool;
  /// When it last was to be told: names one beginning among others. Nothing: it does not type.
  auto announced(const chat::user_id& user) const -> std::optional<time>;
  /// All have heard of it but these.
  void note_told(const chat::user_id& user, const chat::people& blocked);
  /// It types no more. Who has heard of the beginning must hear of the end.
  /// @returns who has not heard; null: nobody has, so there is nothing to tell
  auto end(const chat::user_id& user) -> chat::people;

  /// Those whose time has come.
  auto over(time now) const -> std::vector<chat::user_id>;
  /// When the next one's time comes; somebody types.
  auto next_end() const -> time;

 private:
  struct typist {
    chat::user_id user;
    time until{};
    time announced{};
    chat::people spared;  ///< who has not heard of it; null: nobody has
  };

  auto find(const chat::user_id& user) -> typist*;

  std::vector<typist> all_;
};

}  // namespace parley::actors
