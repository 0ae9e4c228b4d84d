// Consistency: which models a class of anomaly rules out, and which model promises more than which.
//
// Sources: Adya, Liskov & O'Neil (2000) for what reads and writes rule out, Bailis et al. (2013) and Cerone,
// Bernardi & Gotsman (2015) for snapshot isolation, Kingsbury & Alvaro (Elle, 2020) for the variants with the
// order of clients and of real time, Biswas & Enea (2019) and Plume (2024) for what is weaker than snapshots on
// registers. The names are Elle's, and Plume's where Elle has none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::reports::judges::transactions {

// From the weakest to the strongest, as far as they can be compared.
std::span<const std::string_view> consistency_models();
// Whether whatever keeps `model` keeps `other` as well.
bool implies(std::string_view model, std::string_view other);
// Whether a history with an anomaly of this class cannot have kept the model.
bool rules_out(std::string_view anomaly, std::string_view model);
// What others call it; empty: its name is known everywhere.
std::string_view literature_of(std::string_view anomaly);
// How bad a class is: smaller is worse.
std::size_t severity(std::string_view anomaly);

// Of models that are ruled out: those that imply no other of them, and those that do.
struct Broken {
    std::vector<std::string> weakest;
    std::vector<std::string> implied;
};
Broken broken_by(const std::vector<std::string_view>& anomalies);

} // namespace orrery::reports::judges::transactions
