// Tests that know Orrery's own scenarios by name.
#include "orrery/scenarios/engine/process/test_main.h"

#include "orrery/scenarios/catalogue.h"

int main(int argc, char** argv) {
    return orrery::scenarios::engine::test_main(argc, argv, orrery::scenarios::catalogue());
}
