/* A sound card for machines without one: an ALSA ioplug PCM that keeps a card's time and a card's bad habits.
 *
 *   clock     CLOCK_MONOTONIC times rate times (1 + ppm/1e6); the hardware pointer moves frame by frame
 *   xruns     -EPIPE and state XRUN, as from the kernel, also for a caller that waits; the room may force one
 *   a late room is no overrun: what it fills in at once is taken at the reader's pace
 *   unplug    the room sets `fault`: every call answers with it, a blocked one within 10 ms
 *   suspend   counted by the room: the stream answers -ESTRPIPE once and is in state SUSPENDED, as after a night's sleep
 *   stall     the room sets `stalled`: the clock stands, nothing moves, nobody is woken; the end of it is an xrun
 *   refusal   the room sets `refuses`: every hw_params answers -EINVAL
 *   busy      a lock on the bus file: a second open gets -EBUSY; a killed process leaves none behind
 *
 * Sound goes through a file that both sides map, the "bus": a page of header, then a ring of frames. The card alone writes
 * the header's first part, the room alone the second. Frame numbers count from the making of the bus and never go back.
 *
 *   pcm_type.oyez_card { lib "/path/libasound_module_pcm_oyez_card.so" }
 *   pcm.mic { type oyez_card bus "/path/mic.bus" channels 4 rate 16000 format S16_LE ring_frames 160000 ppm "50" }
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

#define HEADER_BYTES 4096
#define SECOND_NS 1000000000LL
#define LOOK_NS 10000000LL /* a waiting caller looks so often whether the card is still there */
#define SOON_NS 300000LL

struct bus {
	/* written by the card */
	int64_t running;  /* 1 between start and stop */
	int64_t starts;   /* counts starts: tells one run from the next */
	int64_t start_ns; /* CLOCK_MONOTONIC of the last start */
	int64_t base;     /* frame number at the last start; when stopped: where the next begins */
	int64_t appl;     /* frame number up to which the application has written or read */
	int64_t xruns;
	/* written by the room */
	int64_t fault;    /* an errno that every call answers with; 0: healthy */
	int64_t produced; /* capture: frame number up to which the room has filled the ring */
	int64_t forced;   /* counts xruns that the room wants */
	int64_t suspended; /* counts suspensions that the room wants */
	int64_t stalled;  /* CLOCK_MONOTONIC at which the card's clock was stopped; 0: it runs */
	int64_t refuses;  /* 1: no setting is accepted */
};

struct card {
	snd_pcm_ioplug_t io;
	struct bus *bus;
	char *ring;
	size_t map_bytes, frame_bytes;
	int64_t ring_frames;
	int fd, timer;
	double frames_per_ns;
	int64_t appl, hw; /* since the last prepare, as alsa-lib counts */
	int64_t seen_clock, seen_filled, excused; /* capture: see overrun() */
	int64_t forced_seen, suspended_seen;
	snd_pcm_uframes_t avail_min, boundary;
};

static int64_t load(const int64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static void store(int64_t *word, int64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
static int is_capture(const struct card *card) { return card->io.stream == SND_PCM_STREAM_CAPTURE; }
static int fault(const struct card *card) { return -(int)load(&card->bus->fault); }

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static int64_t clock_frames(const struct card *card)
{
	int64_t now = now_ns(), stalled = load(&card->bus->stalled);
	if (stalled && stalled < now)
		now = stalled;
	int64_t passed = now - card->bus->start_ns;
	return passed > 0 ? (int64_t)(passed * card->frames_per_ns) : 0;
}

/* Capture: frames that the room has filled in since the start. */
static int64_t filled_frames(const struct card *card)
{
	int64_t filled = load(&card->bus->produced) - card->bus->base;
	return filled > card->hw ? filled : card->hw;
}

/* Frames that the converter has passed since the start; a microphone has no more than the room has filled in, and what
 * its buffer cannot hold waits in the ring. */
static int64_t hardware_frames(const struct card *card)
{
	int64_t frames = clock_frames(card);
	if (is_capture(card)) {
		int64_t filled = filled_frames(card), most = card->appl + (int64_t)card->io.buffer_size;
		if (frames > filled)
			frames = filled;
		if (frames > most)
			frames = most;
	}
	return frames;
}

/* Capture: whether the reader let more gather than the buffer holds. The room runs in a process of its own and may come
 * late; what it then filled in faster than the clock runs is excused until it has been read. */
static int overrun(struct card *card)
{
	int64_t clock = clock_frames(card), filled = filled_frames(card), waiting = filled - card->appl;
	card->excused += filled - card->seen_filled - (clock - card->seen_clock);
	if (card->excused > waiting)
		card->excused = waiting;
	if (card->excused < 0)
		card->excused = 0;
	card->seen_clock = clock;
	card->seen_filled = filled;
	return waiting - card->excused > (int64_t)card->io.buffer_size;
}

static void arm(const struct card *card, int64_t delay_ns)
{
	struct itimerspec when = { { 0, 0 }, { delay_ns / SECOND_NS, delay_ns % SECOND_NS } };
	timerfd_settime(card->timer, 0, &when, NULL);
}

/* Wakes a waiting caller when avail_min frames are there, but looks in between. */
static void arm_for(const struct card *card, int64_t missing_frames)
{
	int64_t delay = (int64_t)(missing_frames / card->frames_per_ns) + SOON_NS;
	if (delay < SOON_NS)
		delay = SOON_NS;
	arm(card, delay > LOOK_NS ? LOOK_NS : delay);
}

static int64_t available(const struct card *card)
{
	return is_capture(card) ? card->hw - card->appl : (int64_t)card->io.buffer_size - (card->appl - card->hw);
}

static void halt(struct card *card, int64_t at)
{
	store(&card->bus->base, card->bus->base + at);
	store(&card->bus->running, 0);
}

/* The state is set here because alsa-lib asks for it when a wait ends with POLLERR, and takes any other state for -EIO:
 * a card that failed, where the kernel's would only have an xrun. */
static int xrun(struct card *card)
{
	snd_pcm_ioplug_set_state(&card->io, SND_PCM_STATE_XRUN);
	if (load(&card->bus->running)) {
		halt(card, is_capture(card) ? clock_frames(card) : card->appl);
		store(&card->bus->xruns, card->bus->xruns + 1);
	}
	return -EPIPE;
}

/* As the kernel after the machine slept: reads and writes say so until the stream is prepared anew. Not told by the
 * pointer, since alsa-lib takes whatever that answers for an xrun. */
static int suspension(struct card *card)
{
	int64_t wanted = load(&card->bus->suspended);
	if (wanted == card->suspended_seen || !load(&card->bus->running))
		return 0;
	card->suspended_seen = wanted;
	snd_pcm_ioplug_set_state(&card->io, SND_PCM_STATE_SUSPENDED);
	halt(card, is_capture(card) ? clock_frames(card) : card->appl);
	return -ESTRPIPE;
}

static int on_start(snd_pcm_ioplug_t *io)
{
	struct card *card = io->private_data;
	if (fault(card))
		return fault(card);
	if (is_capture(card) && load(&card->bus->produced) > card->bus->base)
		store(&card->bus->base, load(&card->bus->produced)); /* a microphone hears what comes, not what was */
	card->forced_seen = load(&card->bus->forced);
	card->suspended_seen = load(&card->bus->suspended);
	card->seen_clock = card->seen_filled = card->excused = 0;
	store(&card->bus->start_ns, now_ns());
	store(&card->bus->starts, card->bus->starts + 1);
	store(&card->bus->running, 1);
	arm(card, SOON_NS);
	return 0;
}

static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *io)
{
	struct card *card = io->private_data;
	if (fault(card))
		return fault(card);
	if (!load(&card->bus->running))
		return io->state == SND_PCM_STATE_RUNNING ? -EPIPE : card->hw % (int64_t)card->boundary;
	int64_t forced = load(&card->bus->forced);
	if (forced != card->forced_seen) {
		card->forced_seen = forced;
		return xrun(card);
	}
	int64_t hw = hardware_frames(card);
	if (is_capture(card) && overrun(card))
		return xrun(card);
	if (!is_capture(card) && hw > card->appl) {
		if (io->state != SND_PCM_STATE_DRAINING)
			return xrun(card);
		hw = card->appl;
	}
	card->hw = hw;
	return hw % (int64_t)card->boundary;
}

static int on_stop(snd_pcm_ioplug_t *io)
{
	struct card *card = io->private_data;
	if (load(&card->bus->running)) {
		int64_t hw = hardware_frames(card);
		if (!is_capture(card) && hw > card->appl)
			hw = card->appl;
		halt(card, hw); /* what was written past this point never becomes audible */
	}
	arm(card, SOON_NS);
	return 0;
}

static int on_prepare(snd_pcm_ioplug_t *io)
{
	struct card *card = io->private_data;
	if (fault(card))
		return fault(card);
	on_stop(io);
	card->appl = card->hw = 0;
	store(&card->bus->appl, card->bus->base);
	return 0;
}

/* Copies to or from the ring, in two pieces where it wraps. */
static snd_pcm_sframes_t on_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset,
				     snd_pcm_uframes_t size)
{
	struct card *card = io->private_data;
	char *sound = (char *)areas->addr + (areas->first + areas->step * offset) / 8;
	if (fault(card))
		return fault(card);
	if (suspension(card) < 0)
		return -ESTRPIPE;
	for (snd_pcm_uframes_t done = 0; done < size;) {
		int64_t at = (card->bus->base + card->appl + (int64_t)done) % card->ring_frames;
		size_t frames = size - done;
		if (frames > (size_t)(card->ring_frames - at))
			frames = card->ring_frames - at;
		char *here = card->ring + at * card->frame_bytes, *there = sound + done * card->frame_bytes;
		if (is_capture(card))
			memcpy(there, here, frames * card->frame_bytes);
		else
			memcpy(here, there, frames * card->frame_bytes);
		done += frames;
	}
	card->appl += size;
	store(&card->bus->appl, card->bus->base + card->appl);
	arm_for(card, (int64_t)card->avail_min - available(card));
	return size;
}

static int on_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay)
{
	struct card *card = io->private_data;
	int64_t hw = load(&card->bus->running) ? hardware_frames(card) : card->hw;
	*delay = is_capture(card) ? hw - card->appl : card->appl - hw;
	return fault(card);
}

static int on_revents(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned int count, unsigned short *revents)
{
	struct card *card = io->private_data;
	uint64_t expiries;
	(void)pfd;
	(void)count;
	if (read(card->timer, &expiries, sizeof expiries) < 0 && errno != EAGAIN)
		return -errno;
	*revents = 0;
	if (fault(card))
		snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
	if (fault(card) || suspension(card) < 0 || on_pointer(io) < 0) {
		arm(card, 1);
		*revents = POLLERR;
		return 0;
	}
	int drained = io->state == SND_PCM_STATE_DRAINING && card->hw >= card->appl;
	if (drained || available(card) >= (int64_t)card->avail_min) {
		arm(card, 1); /* stays readable until somebody takes it */
		*revents = is_capture(card) ? POLLIN : POLLOUT;
	} else {
		arm_for(card, (int64_t)card->avail_min - available(card));
	}
	return 0;
}

static int on_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params)
{
	struct card *card = io->private_data;
	snd_pcm_sw_params_get_avail_min(params, &card->avail_min);
	snd_pcm_sw_params_get_boundary(params, &card->boundary);
	return 0;
}

static int on_hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params)
{
	struct card *card = io->private_data;
	(void)params;
	if (load(&card->bus->refuses))
		return -EINVAL;
	card->avail_min = io->period_size;
	card->boundary = io->buffer_size;
	return 0;
}

static void release(struct card *card)
{
	if (card->bus)
		munmap(card->bus, card->map_bytes);
	if (card->timer >= 0)
		close(card->timer);
	if (card->fd >= 0)
		close(card->fd); /* and with it the lock */
	free(card);
}

static int on_close(snd_pcm_ioplug_t *io)
{
	struct card *card = io->private_data;
	if (load(&card->bus->running))
		on_stop(io);
	release(card);
	return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
	.start = on_start, .stop = on_stop, .pointer = on_pointer, .transfer = on_transfer, .close = on_close,
	.hw_params = on_hw_params, .sw_params = on_sw_params, .prepare = on_prepare, .poll_revents = on_revents,
	.delay = on_delay,
};

struct settings {
	const char *bus, *format, *ppm;
	long channels, rate, ring_frames;
};

static int read_settings(snd_config_t *conf, struct settings *settings)
{
	snd_config_iterator_t i, next;
	snd_config_for_each(i, next, conf) {
		snd_config_t *node = snd_config_iterator_entry(i);
		const char *id;
		int error = 0;
		if (snd_config_get_id(node, &id) < 0 || !strcmp(id, "comment") || !strcmp(id, "type") || !strcmp(id, "hint"))
			continue;
		if (!strcmp(id, "bus"))
			error = snd_config_get_string(node, &settings->bus);
		else if (!strcmp(id, "format"))
			error = snd_config_get_string(node, &settings->format);
		else if (!strcmp(id, "ppm"))
			error = snd_config_get_string(node, &settings->ppm);
		else if (!strcmp(id, "channels"))
			error = snd_config_get_integer(node, &settings->channels);
		else if (!strcmp(id, "rate"))
			error = snd_config_get_integer(node, &settings->rate);
		else if (!strcmp(id, "ring_frames"))
			error = snd_config_get_integer(node, &settings->ring_frames);
		else
			error = -EINVAL;
		if (error < 0) {
			SNDERR("oyez_card: field %s is unknown or of the wrong type", id);
			return -EINVAL;
		}
	}
	return settings->bus && settings->ring_frames > 0 ? 0 : -EINVAL;
}

static int map_bus(struct card *card, const char *path)
{
	card->fd = open(path, O_RDWR | O_CLOEXEC);
	if (card->fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	if (flock(card->fd, LOCK_EX | LOCK_NB) < 0)
		return -EBUSY;
	card->map_bytes = HEADER_BYTES + card->ring_frames * card->frame_bytes;
	if (lseek(card->fd, 0, SEEK_END) < (off_t)card->map_bytes)
		return -EINVAL; /* made for another format: touching it would end in SIGBUS */
	void *map = mmap(NULL, card->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, card->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	card->bus = map;
	card->ring = (char *)map + HEADER_BYTES;
	if (load(&card->bus->running)) /* its process was killed: what it wrote is played, no more */
		halt(card, 0), store(&card->bus->base, card->bus->appl);
	return fault(card);
}

static int offer(snd_pcm_ioplug_t *io, const struct settings *settings, unsigned int format, size_t frame_bytes)
{
	/* mapped access is alsa-lib's own emulation; its plug layer, on top of this, asks for it */
	unsigned int access[] = { SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED };
	int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
	if (error >= 0)
		error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, &format);
	if (error >= 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, settings->channels, settings->channels);
	if (error >= 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, settings->rate, settings->rate);
	if (error >= 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 16 * frame_bytes, 16384 * frame_bytes);
	if (error >= 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
	return error;
}

SND_PCM_PLUGIN_DEFINE_FUNC(oyez_card)
{
	struct settings settings = { .format = "S16_LE", .channels = 1, .rate = 16000 };
	int error = read_settings(conf, &settings);
	(void)root;
	if (error < 0)
		return error;
	snd_pcm_format_t format = snd_pcm_format_value(settings.format);
	if (format == SND_PCM_FORMAT_UNKNOWN)
		return -EINVAL;
	struct card *card = calloc(1, sizeof *card);
	if (!card)
		return -ENOMEM;
	card->fd = -1;
	card->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	card->frame_bytes = settings.channels * snd_pcm_format_physical_width(format) / 8;
	card->ring_frames = settings.ring_frames;
	card->frames_per_ns = settings.rate * 1e-9 * (1.0 + (settings.ppm ? atof(settings.ppm) : 0.0) * 1e-6);
	card->avail_min = card->boundary = 1;
	error = card->timer < 0 ? -errno : map_bus(card, settings.bus);
	if (error >= 0) {
		card->io.version = SND_PCM_IOPLUG_VERSION;
		card->io.name = "oyez virtual card";
		card->io.callback = &callbacks;
		card->io.private_data = card;
		card->io.poll_fd = card->timer;
		card->io.poll_events = POLLIN;
		card->io.flags = SND_PCM_IOPLUG_FLAG_MONOTONIC | SND_PCM_IOPLUG_FLAG_BOUNDARY_WA;
		error = snd_pcm_ioplug_create(&card->io, name, stream, mode);
	}
	if (error < 0) {
		release(card);
		return error;
	}
	error = offer(&card->io, &settings, format, card->frame_bytes);
	if (error < 0) {
		snd_pcm_ioplug_delete(&card->io); /* calls on_close */
		return error;
	}
	*pcmp = card->io.pcm;
	return 0;
}
SND_PCM_PLUGIN_SYMBOL(oyez_card);
