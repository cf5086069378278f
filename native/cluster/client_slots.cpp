#include "native/cluster/client_slots.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/hash.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::json;

constexpr int kTries = 20;  // against concurrent requests of the same client

struct Slot {
  std::string name;
  std::int64_t since = 0;
};

std::vector<Slot> slots_of(const std::string& text) {
  std::vector<Slot> slots;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return slots;
  for (const Json& slot : json) {
    if (slot.is_array() && slot.size() == 2 && slot[0].is_string() && slot[1].is_number_integer()) {
      slots.push_back({slot[0].get<std::string>(), slot[1].get<std::int64_t>()});
    }
  }
  return slots;
}

std::string slots_text(const std::vector<Slot>& slots) {
  Json json = Json::array();
  for (const Slot& slot : slots) json.push_back({slot.name, slot.since});
  return json.dump();
}

std::string key_of(const std::string& client) {
  return sha256_hex(bytes_of(client));
}

}  // namespace

Status ClientSlots::take(const std::string& client, const std::string& name, int most,
                         const StillCounts& still_counts) const {
  const std::string key = key_of(client);
  for (int i = 0; i < kTries; ++i) {
    const auto entry = bucket_.get(key);
    if (!entry) return entry.error();
    std::vector<Slot> slots;
    if (*entry) {
      for (Slot& slot : slots_of((*entry)->value)) {
        if (slot.name == name) continue;
        const auto counts = still_counts(slot.name, slot.since);
        if (!counts) return counts.error();
        if (*counts) slots.push_back(std::move(slot));
      }
    }
    if (static_cast<int>(slots.size()) >= most) {
      return Error{ErrorCode::busy,
                   "you have " + std::to_string(slots.size()) +
                       " renders waiting or running, the most that one client may have; wait for one to end, "
                       "or cancel it"};
    }
    slots.push_back({name, unix_now()});
    const auto written = bucket_.write(key, slots_text(slots), *entry ? (*entry)->revision : 0);
    if (!written) return written.error();
    if (*written) return ok_status();
  }
  return Error{ErrorCode::busy, "too many of your requests arrive at once; try again"};
}

void ClientSlots::give_back(const std::string& client, const std::string& name) const {
  const std::string key = key_of(client);
  for (int i = 0; i < kTries; ++i) {
    const auto entry = bucket_.get(key);
    if (!entry || !*entry) return;
    std::vector<Slot> slots = slots_of((*entry)->value);
    std::erase_if(slots, [&](const Slot& slot) { return slot.name == name; });
    const auto written = bucket_.write(key, slots_text(slots), (*entry)->revision);
    if (!written || *written) return;
  }
}

}  // namespace terpsi::native
