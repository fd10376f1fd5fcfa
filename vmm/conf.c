/* SPDX-License-Identifier: Apache-2.0 */
/* Checks and look-ups on a constant configuration: no state. */
#include "vmm/conf.h"
#include "abi/layout.h"

static bool range_in(uint64_t at, uint64_t bytes, uint64_t first, uint64_t end)
{
	return at >= first && at <= end && bytes <= end - at;
}

bool conf_in_ram(const struct vmconf *conf, uint64_t ipa, uint64_t bytes)
{
	for (uint32_t i = 0; i < conf->ram_count; i++) {
		const struct vmconf_ram *ram = &conf->ram[i];

		if (range_in(ipa, bytes, ram->ipa, ram->ipa + ram->bytes))
			return true;
	}
	return false;
}

uint32_t conf_vcpu_by_mpidr(const struct vmconf *conf, uint64_t mpidr)
{
	for (uint32_t i = 0; i < conf->vcpu_count; i++) {
		if (conf->mpidr[i] == mpidr)
			return i;
	}
	return VCPU_NONE;
}

static bool ram_is_sound(const struct vmconf *conf)
{
	if (conf->ram_count > VMCONF_MAX_RAM)
		return false;
	for (uint32_t i = 0; i < conf->ram_count; i++) {
		const struct vmconf_ram *ram = &conf->ram[i];

		if (((ram->ipa | ram->bytes) & (PAGE_BYTES - 1)) != 0 ||
		    !range_in(ram->ipa, ram->bytes, 0, GUEST_IPA_END))
			return false;
	}
	return true;
}

static bool loads_are_sound(const struct vmconf *conf)
{
	uint64_t free = 0;

	if (conf->load_count > VMCONF_MAX_LOADS)
		return false;
	for (uint32_t i = 0; i < conf->load_count; i++) {
		const struct vmconf_load *load = &conf->load[i];

		if (load->bytes == 0 || load->dst < free || !conf_in_ram(conf, load->dst, load->bytes) ||
		    !range_in(load->src, load->bytes, COMP_IMAGES, 1ull << IPA_BITS))
			return false;
		free = load->dst + load->bytes;
	}
	return true;
}

static bool uart_is_sound(const struct vmconf *conf)
{
	return conf->uart_base == 0 ||
	       (conf->uart_intid >= 32 && conf->uart_intid < conf->intids &&
		conf->console_channel < (COMP_LOGS - COMP_CHANNELS) / COMP_CHANNEL_STRIDE &&
		(conf->console_doorbell == FMAP_NONE || conf->console_doorbell < 64));
}

static bool rtc_is_sound(const struct vmconf *conf)
{
	return conf->rtc_base == 0 ||
	       (conf->rtc_intid >= 32 && conf->rtc_intid < conf->intids &&
		(conf->uart_base == 0 || conf->rtc_intid != conf->uart_intid));
}

static bool watchdog_is_sound(const struct vmconf *conf)
{
	return conf->watchdog_base == 0 ||
	       (conf->watchdog_intid >= 32 && conf->watchdog_intid < conf->intids &&
		conf->watchdog_hz >= VMCONF_WATCHDOG_HZ_MIN &&
		(conf->uart_base == 0 || conf->watchdog_intid != conf->uart_intid) &&
		(conf->rtc_base == 0 || conf->watchdog_intid != conf->rtc_intid));
}

static bool channels_are_sound(const struct vmconf *conf)
{
	if (conf->channel_count > VMCONF_MAX_CHANNELS)
		return false;
	for (uint32_t i = 0; i < conf->channel_count; i++) {
		const struct vmconf_channel *c = &conf->channel[i];

		if (((c->memory | c->bytes | c->registers) & (PAGE_BYTES - 1)) != 0 ||
		    !range_in(c->memory, c->bytes, 0, GUEST_IPA_END) || c->intid < 32 ||
		    c->intid >= conf->intids || c->cap_count > 32 ||
		    !range_in(c->cap_first, c->cap_count, 0, 64))
			return false;
	}
	return true;
}

bool conf_is_sound(const struct vmconf *conf)
{
	if (conf->magic != VMCONF_MAGIC)
		return false;
	if (conf->vcpu_count == 0 || conf->vcpu_count > MAX_VCPUS_PER_VM)
		return false;
	for (uint32_t i = 0; i < conf->vcpu_count; i++) {
		if ((conf->mpidr[i] & ~(uint64_t)MPIDR_AFFINITY) != 0)
			return false;
	}
	if (conf->intids < 32 || conf->intids > MAX_INTIDS || conf->intids % 32 != 0)
		return false;
	return ram_is_sound(conf) && loads_are_sound(conf) && uart_is_sound(conf) && rtc_is_sound(conf) &&
	       watchdog_is_sound(conf) && channels_are_sound(conf);
}
