// The settings of a run: values by name. Each is a text that was checked against the scenario's declaration before the
// world started, so reading never fails on a value; reading a name that no scenario declared is a bug and CHECKs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "orrery/sim/types.h"

namespace orrery::sim {

class Settings {
public:
    void set(std::string name, std::string value) { values_[std::move(name)] = std::move(value); }
    bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
    const std::string& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const; // decimal
    bool flag(std::string_view name) const;            // true | false
    Duration duration(std::string_view name) const;    // 150ms, 2s, 10us, 5ns
    const std::map<std::string, std::string, std::less<>>& values() const { return values_; }
    bool operator==(const Settings&) const = default;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

} // namespace orrery::sim
