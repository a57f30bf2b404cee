#include "storage/mysql/statement.hpp"

#include <algorithm>

#include "storage/mysql/errors.hpp"

namespace parley::storage::mysql {
namespace {

constexpr std::size_t first_buffer = 256;

auto bind_type(sql::value::kind kind) -> enum_field_types {
  switch (kind) {
    case sql::value::kind::integer: return MYSQL_TYPE_LONGLONG;
    case sql::value::kind::text: return MYSQL_TYPE_STRING;
    case sql::value::kind::blob: return MYSQL_TYPE_BLOB;
  }
  return MYSQL_TYPE_NULL;
}

auto is_integer(enum_field_types type) -> bool {
  switch (type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG: return true;
    default: return false;
  }
}

/// Gives the memory of a result back, whatever happened.
struct result_guard {
  MYSQL_STMT* handle;
  ~result_guard() { mysql_stmt_free_result(handle); }
};

}  // namespace

class statement::result_row final : public sql::row {
 public:
  explicit result_row(const std::vector<column>& columns) : columns_(columns) {}

  auto integer(int at) const -> std::int64_t override {
    const auto& c = columns_[static_cast<std::size_t>(at)];
    return c.is_null ? 0 : c.number;
  }
  auto text(int at) const -> std::string_view override {
    const auto& c = columns_[static_cast<std::size_t>(at)];
    if (c.is_null || c.bytes.empty()) return {};
    return {c.bytes.data(), c.length};
  }
  auto is_null(int at) const -> bool override {
    return columns_[static_cast<std::size_t>(at)].is_null != 0;
  }

 private:
  const std::vector<column>& columns_;
};

statement::statement(MYSQL* db, std::string_view text) : handle_(mysql_stmt_init(db)) {
  if (!handle_) throw translate(CR_OUT_OF_MEMORY);
  if (mysql_stmt_prepare(handle_.get(), text.data(), text.size()) != 0) fail();
  params_.resize(mysql_stmt_param_count(handle_.get()));
  describe_result();
}

void statement::describe_result() {
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> described{
      mysql_stmt_result_metadata(handle_.get()), &mysql_free_result};
  if (!described) return;
  const auto count = mysql_num_fields(described.get());
  const auto* fields = mysql_fetch_fields(described.get());
  columns_.resize(count);
  results_.resize(count);
  for (unsigned i = 0; i < count; ++i)
    if (!is_integer(fields[i].type)) columns_[i].bytes.resize(first_buffer);
}

auto statement::execute(std::span<const sql::value> values, bool is_commit) -> std::uint64_t {
  bind(values);
  if (mysql_stmt_execute(handle_.get()) != 0) fail(is_commit);
  return mysql_stmt_affected_rows(handle_.get());
}

#ifdef MARIADB_PACKAGE_VERSION
void statement::execute_each(std::span<const sql::value> values, std::size_t rows,
                             bool is_commit) {
  if (values.size() != params_.size() * rows) throw translate(CR_INVALID_PARAMETER_NO);
  parameters_.resize(params_.size());
  std::vector<MYSQL_BIND> binds(params_.size());
  for (std::size_t i = 0; i < binds.size(); ++i) {
    lay_out(values, i, rows);
    auto& all = parameters_[i];
    const bool is_number = values[i].type() == sql::value::kind::integer;
    binds[i].buffer_type = bind_type(values[i].type());
    binds[i].buffer = is_number ? static_cast<void*>(all.numbers.data()) : all.bytes.data();
    binds[i].length = all.lengths.data();
    binds[i].u.indicator = all.indicators.data();
  }
  auto count = static_cast<unsigned>(rows);
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_ARRAY_SIZE, &count);
  const bool done = mysql_stmt_bind_param(handle_.get(), binds.data()) == 0 &&
                    mysql_stmt_execute(handle_.get()) == 0;
  count = 0;
  mysql_stmt_attr_set(handle_.get(), STMT_ATTR_ARRAY_SIZE, &count);
  if (!done) fail(is_commit);
}

/// The library wants each parameter's values side by side.
void statement::lay_out(std::span<const sql::value> values, std::size_t at, std::size_t rows) {
  auto& [numbers, bytes, lengths, indicators] = parameters_[at];
  const bool is_number = values[at].type() == sql::value::kind::integer;
  numbers.resize(is_number ? rows : 0);
  bytes.resize(is_number ? 0 : rows);
  lengths.resize(rows);
  indicators.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto& v = values[row * params_.size() + at];
    indicators[row] = v.is_null() ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
    lengths[row] = v.is_null() || is_number ? 0 : v.size();
    if (is_number)
      numbers[row] = v.number();
    else
      bytes[row] = v.data();
  }
}
#else
void statement::execute_each(std::span<const sql::value>, std::size_t, bool) {
  throw translate(CR_NOT_IMPLEMENTED);
}
#endif

void statement::query(std::span<const sql::value> values, const sql::row_sink& sink) {
  bind(values);
  if (mysql_stmt_execute(handle_.get()) != 0) fail();
  const result_guard guard{handle_.get()};
  bind_result();
  if (mysql_stmt_store_result(handle_.get()) != 0) fail();
  const result_row current{columns_};
  for (auto code = mysql_stmt_fetch(handle_.get()); code != MYSQL_NO_DATA;
       code = mysql_stmt_fetch(handle_.get())) {
    if (code != 0 && code != MYSQL_DATA_TRUNCATED) fail();
    if (code == MYSQL_DATA_TRUNCATED) fetch_long_columns();
    sink(current);
  }
}

void statement::bind(std::span<const sql::value> values) {
  static null_flag is_null = 1;
  if (values.size() != params_.size()) throw translate(CR_INVALID_PARAMETER_NO);
  if (params_.empty()) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& v = values[i];
    auto& param = params_[i];
    const bool is_number = v.type() == sql::value::kind::integer;
    param.buffer_type = bind_type(v.type());
    param.buffer = const_cast<void*>(is_number ? &v.number() : v.data());
    param.buffer_length = v.is_null() ? 0 : v.size();
    param.is_null = v.is_null() ? &is_null : nullptr;
  }
  if (mysql_stmt_bind_param(handle_.get(), params_.data()) != 0) fail();
}

void statement::bind_result() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto& c = columns_[i];
    auto& result = results_[i];
    const bool is_number = c.bytes.empty();
    result.buffer_type = is_number ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
    result.buffer = is_number ? static_cast<void*>(&c.number) : c.bytes.data();
    result.buffer_length = is_number ? sizeof c.number : c.bytes.size();
    result.length = &c.length;
    result.is_null = &c.is_null;
  }
  if (!results_.empty() && mysql_stmt_bind_result(handle_.get(), results_.data()) != 0) fail();
}

/// Binding anew forgets where the row lies, so that comes after the last fetch.
void statement::fetch_long_columns() {
  for (unsigned i = 0; i < columns_.size(); ++i) {
    auto& c = columns_[i];
    if (c.bytes.empty() || c.is_null || c.length <= c.bytes.size()) continue;
    c.bytes.resize(std::max<std::size_t>(c.length, 2 * c.bytes.size()));
    results_[i].buffer = c.bytes.data();
    results_[i].buffer_length = c.bytes.size();
    if (mysql_stmt_fetch_column(handle_.get(), &results_[i], i, 0) != 0) fail();
  }
  bind_result();
}

void statement::fail(bool is_commit) {
  throw translate(mysql_stmt_errno(handle_.get()), is_commit);
}

}  // namespace parley::storage::mysql
